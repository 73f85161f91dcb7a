#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "source/rootfs.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

namespace ocimux {
namespace {

/// Rewrites members for a layer of their own.
class Rewriter {
 public:
  Rewriter(const RootfsImage& image, std::optional<std::int64_t> latest)
      : image_(image), latest_(latest) {}

  // False for what does not belong to the layer.
  bool apply(TarMember& member) const {
    if (image_.left_out.contains(member.path)) return false;
    if (!image_.directory.empty() && !move_up(member)) return false;
    std::erase_if(member.xattrs, [](const auto& xattr) { return is_overlay_xattr(xattr.first); });
    if (latest_ && member.mtime >= *latest_) {
      member.mtime = *latest_;
      member.mtime_nanoseconds = 0;
    }
    return true;
  }

 private:
  // Undoes what BuildKit did when it put this root below a directory of its own.
  bool move_up(TarMember& member) const {
    const std::string below = image_.directory + "/";
    if (!member.path.starts_with(below)) return false;
    member.path.erase(0, below.size());
    if (member.kind == TarMember::Kind::hard_link && member.link_target.starts_with(below)) {
      member.link_target.erase(0, below.size());
    }
    if (member.kind == TarMember::Kind::symlink) {
      if (member.link_target.starts_with("/" + below)) member.link_target.erase(0, below.size());
      if (member.link_target == "/" + image_.directory) member.link_target = "/";
    }
    return true;
  }

  const RootfsImage& image_;
  std::optional<std::int64_t> latest_;
};

/// Ends a long member promptly when the work is to stop.
class StoppingSink final : public Sink {
 public:
  StoppingSink(Sink& next, const std::stop_token& stop) : next_(next), stop_(stop) {}
  void write(Bytes bytes) override {
    throw_if_stopped(stop_);
    next_.write(bytes);
  }
  void finish() override { next_.finish(); }

 private:
  Sink& next_;
  const std::stop_token& stop_;
};

void write_anew(const RootfsImage& image, std::optional<std::int64_t> latest, Sink& to,
                const std::stop_token& stop) {
  const Rewriter rewriter(image, latest);
  TarWriter writer(to);
  TarContentSink content(writer);
  StoppingSink stopping(content, stop);
  TarReader reader(image.file);
  while (auto member = reader.next()) {
    throw_if_stopped(stop);
    if (!rewriter.apply(*member)) continue;
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
