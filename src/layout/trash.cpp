#include "layout/trash.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/store/blob_store.hpp>

#include "io/directory.hpp"
#include "io/file.hpp"

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr const char* trash_name = "trash";

bool is_own_directory(const fs::path& path) {
  std::error_code failure;
  return fs::symlink_status(path, failure).type() == fs::file_type::directory;
}

bool is_blob_name(const std::string& algorithm, const std::string& name) {
  try {
    static_cast<void>(Digest::parse(algorithm + ":" + name));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

Trash::Trash(fs::path layout) : layout_(std::move(layout)), staging_(layout_, "") {
  make_directory(staging_.path() / trash_name);
}

void Trash::take(const Digest& digest) {
  const fs::path to = BlobStore(staging_.path() / trash_name).path_of(digest);
  make_directory(to.parent_path());
  rename_path(BlobStore(layout_ / "blobs").path_of(digest), to);
}

void Trash::give_back(const std::set<Digest>& digests) {
  const BlobStore from(staging_.path() / trash_name);
  const BlobStore to(layout_ / "blobs");
  std::set<fs::path> changed;
  for (const Digest& digest : digests) {
    rename_to_free_name(from.path_of(digest), to.path_of(digest));
    changed.insert(to.path_of(digest).parent_path());
  }
  for (const fs::path& directory : changed) sync_directory(directory);
}

void Trash::give_all_back() noexcept { restore_trash(staging_.path(), layout_); }

// It was garbage: nothing can depend on it but a change at work, which then says that it is
// missing. Whoever made the layout may have put links there, which would lead to what is others'.
void restore_trash(const fs::path& staging, const fs::path& layout) noexcept {
  const fs::path trash = staging / trash_name;
  try {
    if (!is_own_directory(staging) || !is_own_directory(trash)) return;
    for (const std::string& algorithm : names_in(trash)) {
      if (!is_own_directory(trash / algorithm)) continue;
      for (const std::string& name : names_in(trash / algorithm)) {
        if (!is_blob_name(algorithm, name)) continue;
        rename_to_free_name(trash / algorithm / name, layout / "blobs" / algorithm / name);
      }
      sync_directory(layout / "blobs" / algorithm);
    }
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace ocimux
