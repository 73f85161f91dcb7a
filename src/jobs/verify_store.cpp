#include "jobs/verify_store.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/store/blob_store.hpp>

#include "base/parallel.hpp"
#include "io/memory.hpp"
#include "jobs/fetch_documents.hpp"
#include "jobs/registry_store.hpp"
#include "jobs/verify_others.hpp"
#include "layout/layout_files.hpp"
#include "registry/open_repository.hpp"
#include "source/opened.hpp"
#include "tar/archive.hpp"
#include "tar/reader.hpp"

#include <filesystem>
#include <memory>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using Kind = LocalReference::Kind;

constexpr std::size_t documents_at_a_time = 8;

bool is_about_content(const Error& error) {
  return error.code() == Errc::corrupt || error.code() == Errc::conflict ||
         error.code() == Errc::unsupported || error.code() == Errc::invalid_argument;
}

// Errc::unsupported: there may be such files, but nobody reads them.
std::string document_in(const Body& body) {
  if (body.size > largest_document) {
    throw Error(Errc::unsupported, "expected at most " + std::to_string(largest_document) +
                                       " bytes, found " + std::to_string(body.size));
  }
  return read_document(body, largest_document);
}

/// The text of a file at the top of a layout; nothing, and a finding, where there is none.
template <typename Read>
std::optional<std::string> top_file(std::string_view name, const Read& read, Findings& findings) {
  const Spot spot = Spot{}.below(name);
  try {
    std::optional<std::string> text = read(name);
    if (!text) findings.add(spot, "layout-file", {"this file in an OCI layout", "none"});
    return text;
  } catch (const Error& error) {
    if (!is_about_content(error)) throw;
    const bool large = error.code() == Errc::unsupported;
    findings.add(spot, large ? "limit-exceeded" : "layout-file", said_by(error).said);
    return std::nullopt;
  }
}

template <typename Read>
void read_top(OpenLayout& layout, const Read& read, Findings& findings) {
  if (const auto text = top_file(layout_file_name, read, findings)) {
    try {
      check_layout_file(*text);
    } catch (const Error& error) {
      findings.add(Spot{}, "layout-file", error);
    }
  }
  layout.index_text = top_file(index_file_name, read, findings);
}

OpenedInput unreadable(const Error& error, Findings& findings) {
  findings.add(Spot{}, "unreadable", error);
  return {};
}

// Whose blobs these are nobody knows; what merges, edits or pushes such a layout refuses it.
void tell_linked_blobs(const fs::path& layout, Findings& findings) {
  std::error_code failure;
  if (!fs::is_symlink(fs::symlink_status(layout / "blobs", failure))) return;
  findings.add(
      Spot{}.below("blobs"), "blob-not-regular",
      {"a directory", "a symbolic link", "put a directory in its place, or mount one there"});
}

OpenedInput open_directory(const LocalReference& reference, Findings& findings) {
  std::error_code failure;
  const bool any = fs::exists(reference.path / layout_file_name, failure) ||
                   fs::exists(reference.path / index_file_name, failure);
  if (!any || (reference.kind != Kind::any && reference.kind != Kind::layout)) {
    return unreadable(
        Error(Errc::unsupported, "expected an image, found a directory that is no OCI layout",
              "a root filesystem in a directory goes in as a tar: tar -C DIR -cf NAME.tar ."),
        findings);
  }
  OpenedInput opened{"oci-layout"};
  OpenLayout& layout = opened.layout.emplace();
  const auto read = [&](std::string_view name) -> std::optional<std::string> {
    std::error_code none;
    if (!fs::exists(fs::symlink_status(reference.path / name, none))) return std::nullopt;
    const auto file = std::make_shared<const File>(File::open_regular(reference.path / name));
    return document_in(file_body(file, 0, file->size()));
  };
  read_top(layout, read, findings);
  tell_linked_blobs(reference.path, findings);
  layout.find = [blobs = BlobStore(reference.path / "blobs")](
                    const Descriptor& descriptor) -> std::optional<Body> {
    const auto size = blobs.size_of(descriptor.digest);
    if (!size) return std::nullopt;
    return blobs.open_unchecked(descriptor.digest, *size);
  };
  layout.tell_others = [directory = reference.path](const auto& reached, const Spot& spot,
                                                    Findings& found) {
    tell_others_in(directory, reached, spot, found);
  };
  return opened;
}

OpenedInput open_archive(const std::shared_ptr<const File>& file, Findings& findings) {
  const auto archive = std::make_shared<const TarArchive>(file);
  OpenedInput opened{"oci-archive"};
  OpenLayout& layout = opened.layout.emplace();
  const auto read = [&](std::string_view name) -> std::optional<std::string> {
    if (!archive->contains(std::string(name))) return std::nullopt;
    return document_in(archive->body(std::string(name)));
  };
  read_top(layout, read, findings);
  layout.find = [archive](const Descriptor& descriptor) -> std::optional<Body> {
    const std::string path = blob_path(descriptor.digest);
    if (!archive->contains(path)) return std::nullopt;
    return archive->body(path);
  };
  layout.tell_others = [archive](const auto& reached, const Spot& spot, Findings& found) {
    tell_others_in(*archive, reached, spot, found);
  };
  return opened;
}

bool is_oci_archive(const std::shared_ptr<const File>& file, const std::stop_token& stop) {
  if (file->size() == 0 || !looks_like_tar(*file)) return false;
  TarReader reader(file);
  bool found = false;
  while (const auto member = reader.next()) {  // to its end: that must be in order, too
    throw_if_stopped(stop);
    found = found || member->path == layout_file_name || member->path == index_file_name;
  }
  return found;
}

std::string kind_name(InputKind kind) {
  return kind == InputKind::docker_archive ? "docker-archive" : "rootfs";
}

OpenedInput open_file(const LocalReference& reference, Findings& findings, Progress& progress,
                      const std::stop_token& stop) {
  const auto file = open_unpacked(reference.path, progress, stop);
  const bool other_said = reference.kind == Kind::docker_archive || reference.kind == Kind::rootfs;
  if (!other_said && is_oci_archive(file, stop)) return open_archive(file, findings);
  Input input = read_opened(reference, file, silent_progress(), stop);
  OpenedInput opened{kind_name(input.kind), {}, std::move(input.images)};
  if (input.kind == InputKind::rootfs) opened.rootfs = file;
  return opened;
}

OpenedInput open_local(const LocalReference& reference, Findings& findings, Progress& progress,
                       const std::stop_token& stop) {
  std::error_code failure;
  if (fs::is_directory(reference.path, failure)) return open_directory(reference, findings);
  try {
    if (reference.kind == Kind::layout) {
      throw Error(Errc::unsupported, "expected a directory with an OCI layout, found a file");
    }
    return open_file(reference, findings, progress, stop);
  } catch (const Error& error) {
    if (!is_about_content(error)) throw;
    return unreadable(error, findings);
  }
}

OpenedInput open_remote(const Reference& reference, const RegistryOptions& options,
                        Findings& findings, Progress& progress, const std::stop_token& stop) {
  try {
    const Repository repository = open_repository(reference, options, progress, stop);
    const ImageStore store = registry_store(reference, repository);
    fetch_documents(store, store.index.manifests.front(), {}, documents_at_a_time, stop);
    OpenedInput opened{"registry"};
    opened.layout = {
        .roots = store.index.manifests,
        .find = store.find,
        .size_of = [repository](const Digest& digest) { return repository.blob_size(digest); }};
    return opened;
  } catch (const Error& error) {
    if (!is_about_content(error) || error.code() == Errc::invalid_argument) throw;
    return unreadable(error, findings);
  }
}

}  // namespace

OpenedInput open_for_verifying(const ImageReference& reference, const RegistryOptions& options,
                               Findings& findings, Progress& progress,
                               const std::stop_token& stop) {
  if (const auto* local = std::get_if<LocalReference>(&reference)) {
    return open_local(*local, findings, progress, stop);
  }
  return open_remote(std::get<Reference>(reference), options, findings, progress, stop);
}

}  // namespace ocimux
