#include "source/read_images.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/layout/layout.hpp>

#include "base/parallel.hpp"
#include "io/directory.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"
#include "source/docker_archive.hpp"
#include "source/file_name.hpp"
#include "source/image_store.hpp"
#include "source/member_front.hpp"
#include "source/opened.hpp"
#include "source/rootfs.hpp"
#include "tar/reader.hpp"

#include <algorithm>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using Kind = LocalReference::Kind;

/// What one pass over the headers of a tar finds out.
struct Contents {
  explicit Contents(const std::shared_ptr<const File>& file) : rootfs(file) {}

  bool layout = false;  // it holds files that make it an archive of images
  bool docker = false;
  RootfsSurvey rootfs;  // what it is if it is none
};

// docker save names what it writes by digests: `<hex>.json`, `<hex>/layer.tar`. No root filesystem
// has such names at its top, so an archive with them is docker's even if its manifest.json is not
// what it should be.
bool is_docker_name(std::string_view path) {
  constexpr std::size_t hex_length = 64;
  return path.find_first_not_of("0123456789abcdef") == hex_length &&
         (path[hex_length] == '/' || path.substr(hex_length) == ".json");
}

// Keeps next to nothing of what it sees: a root filesystem may have a million members.
Contents look_into(const std::shared_ptr<const File>& file, const std::stop_token& stop) {
  Contents contents(file);
  TarReader reader(file);
  while (const auto member = reader.next()) {
    throw_if_stopped(stop);
    MemberFront front(reader);
    contents.rootfs.add(*member, [&](std::span<std::byte> into, std::int64_t offset) {
      return front.read(into, offset);
    });
    contents.layout = contents.layout || member->path == layout_file_name;
    contents.docker = contents.docker || is_docker_name(member->path);
    if (member->path == docker_manifest_file && member->kind == TarMember::Kind::regular &&
        !member->sparse && member->size <= largest_document) {
      const std::string text =
          read_document(file_body(file, member->data_offset, member->size), largest_document);
      contents.docker = contents.docker || is_docker_manifest(text);
    }
  }
  return contents;
}

Error none_of_the_kinds(const char* found) {
  return {Errc::unsupported,
          std::string("expected a root filesystem tar, an OCI archive or layout, or a docker save "
                      "archive, found ") +
              found,
          "tars may be plain or inside gzip, zstd, xz or bzip2"};
}

Error not_said(const char* expected) {
  return {Errc::corrupt, std::string("expected ") + expected + ", found another kind of input"};
}

// Layout::open() names the directory in its errors itself.
Input read_layout(const LocalReference& reference, const std::string& name, Progress& progress) {
  within(name, [&] {
    if (reference.kind == Kind::rootfs) throw not_said("a root filesystem tar");
    if (reference.kind == Kind::oci_archive) throw not_said("an OCI archive");
    if (reference.kind == Kind::docker_archive) throw not_said("a docker save archive");
    if (reference.kind == Kind::any && !is_there(reference.path / layout_file_name)) {
      throw Error(Errc::unsupported,
                  "expected a layout, found a directory without a file oci-layout",
                  "a root filesystem in a directory goes in as a tar: tar -C DIR -cf NAME.tar .");
    }
  });
  const ImageStore store = store_of(Layout::open(reference.path));
  return within(name, [&] {
    return Input{InputKind::layout, store.name, read_images(store, reference, progress), store};
  });
}

// docker save from 25 on writes both forms; its OCI one keeps the manifests' digests, but 25.0.0
// left the layers out of them (moby#47065).
Input read_archive(const LocalReference& reference, const std::string& name,
                   const std::shared_ptr<const File>& file, const Contents& contents,
                   Progress& progress) {
  const auto archive = std::make_shared<const TarArchive>(file);
  const bool docker_said = reference.kind == Kind::docker_archive;
  if (contents.layout && !(docker_said && contents.docker)) {
    try {
      const ImageStore store = store_of(name, archive);
      return {InputKind::oci_archive, name, read_images(store, reference, progress), store};
    } catch (const Error& error) {
      if (!contents.docker || error.code() != Errc::conflict) throw;
      progress.note(name +
                    ": reading it as a docker save archive, because its OCI part is not "
                    "usable (" +
                    error.what() + ")");
    }
  }
  return {InputKind::docker_archive, name, read_docker_archive(name, archive, reference)};
}

Input read_file(const LocalReference& reference, const std::string& name,
                const std::shared_ptr<const File>& file, Progress& progress,
                const std::stop_token& stop) {
  if (file->size() == 0) throw none_of_the_kinds("an empty file");
  if (!looks_like_tar(*file)) throw none_of_the_kinds("something else");
  Contents contents = look_into(file, stop);
  if (reference.kind == Kind::rootfs) contents.layout = contents.docker = false;
  if (reference.kind == Kind::oci_archive && !contents.layout) throw not_said("an OCI archive");
  if (reference.kind == Kind::docker_archive && !contents.docker) {
    throw not_said("a docker save archive");
  }
  Input input = contents.layout || contents.docker
                    ? read_archive(reference, name, file, contents, progress)
                    : Input{InputKind::rootfs, name, contents.rootfs.images(name, progress)};
  if (input.kind == InputKind::rootfs && (!reference.tag.empty() || reference.digest)) {
    throw Error(Errc::not_found, "expected an archive with tags, found a root filesystem");
  }
  input.size = file->size();
  return input;
}

// The name of an archive that holds one image says something of it, like that of a rootfs tar.
void add_name_platform(Input& input) {
  const auto is_image = [](const Image& image) {
    return !std::holds_alternative<Attestation>(image.content);
  };
  if (input.kind == InputKind::rootfs ||
      std::count_if(input.images.begin(), input.images.end(), is_image) != 1) {
    return;
  }
  const auto named = platform_in_name(fs::path(input.name).filename().string());
  if (!named) return;
  Image& image = *std::find_if(input.images.begin(), input.images.end(), is_image);
  image.name_platform = named->platform;
  image.windows_name = named->windows_name;
}

}  // namespace

std::string_view name_of(InputKind kind) {
  switch (kind) {
    case InputKind::layout: return "OCI layout";
    case InputKind::oci_archive: return "OCI archive";
    case InputKind::docker_archive: return "docker archive";
    case InputKind::rootfs: return "root filesystem";
    case InputKind::registry: return "registry's image";
  }
  return "";
}

Input read_input(const LocalReference& reference, Progress& progress, const std::stop_token& stop) {
  const std::string name = reference.path.string();
  if (reference.kind == Kind::layout || is_directory_there(reference.path)) {
    return read_layout(reference, name, progress);
  }
  return within(name, [&] {
    return read_opened(reference, open_unpacked(reference.path, progress, stop), progress, stop);
  });
}

Input read_opened(const LocalReference& reference, const std::shared_ptr<const File>& file,
                  Progress& progress, const std::stop_token& stop) {
  Input input = read_file(reference, reference.path.string(), file, progress, stop);
  add_name_platform(input);
  return input;
}

}  // namespace ocimux
