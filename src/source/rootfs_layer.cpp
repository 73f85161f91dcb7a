#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "io/stopping_sink.hpp"
#include "source/rootfs.hpp"
#include "source/rootfs_members.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

namespace ocimux {
namespace {

void write_anew(const RootfsImage& image, std::optional<std::int64_t> latest, Sink& to,
                const std::stop_token& stop) {
  const RootfsMembers members(image, latest);
  TarWriter writer(to);
  TarContentSink content(writer);
  StoppingSink stopping(content, stop);
  TarReader reader(image.file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    if (!members.apply(*member)) continue;
    writer.begin(*member);
    if (member->kind == TarMember::Kind::regular) reader.content(stopping);
  }
  writer.finish();
}

}  // namespace

void write_layer(const RootfsImage& image, std::optional<std::int64_t> latest, Sink& to,
                 const std::stop_token& stop) {
  const bool too_new = latest && image.newest_mtime_up > *latest;
  if (image.rewrite || too_new) return write_anew(image, latest, to, stop);
  const auto source = file_body(image.file, 0, image.file->size()).open();
  drain(*source, to, stop);
}

}  // namespace ocimux
