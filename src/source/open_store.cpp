#include "source/open_store.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "layout/layout_files.hpp"
#include "source/opened.hpp"
#include "tar/reader.hpp"

namespace ocimux {
namespace {

using Kind = LocalReference::Kind;

Error no_store(const LocalReference& reference) {
  return {Errc::unsupported, "expected an OCI layout or an OCI archive, found something else",
          "ocimux merge " + reference.path.string() + " -t NAME -o DIR makes a layout of it"};
}

}  // namespace

ImageStore open_store(const LocalReference& reference, Progress& progress,
                      const std::stop_token& stop) {
  const std::string name = reference.path.string();
  const bool directory = is_directory_there(reference.path);
  const bool wanted_archive = reference.kind == Kind::oci_archive;
  if (reference.kind == Kind::docker_archive || reference.kind == Kind::rootfs ||
      (directory && wanted_archive) || (!directory && reference.kind == Kind::layout)) {
    throw no_store(reference).within(name);
  }
  if (directory) {
    if (!is_there(reference.path / layout_file_name)) {
      throw no_store(reference).within(name);
    }
    return store_of(Layout::open(reference.path));
  }
  return within(name, [&] {
    const auto file = open_unpacked(reference.path, progress, stop);
    if (file->size() == 0 || !looks_like_tar(*file)) throw no_store(reference);
    auto archive = std::make_shared<const TarArchive>(file);
    if (!archive->contains(std::string(layout_file_name))) throw no_store(reference);
    return store_of(name, std::move(archive));
  });
}

}  // namespace ocimux
