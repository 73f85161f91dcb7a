#include "layout/change.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"

#include <unistd.h>

#include <algorithm>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

fs::path without_slash(const fs::path& path) {
  fs::path clean = path.lexically_normal();
  return clean.has_filename() ? clean : clean.parent_path();
}

bool is_layout(const fs::path& directory) {
  return is_there(directory / layout_file_name) && is_there(directory / index_file_name);
}

// Empty, or with what a process left that was killed while it made a layout here: without
// index.json, which is written last, it never was one. (No process leaves links.)
bool is_free(const fs::path& directory) {
  std::error_code failure;
  if (fs::is_symlink(fs::symlink_status(directory / "blobs", failure))) return false;
  const auto names = names_in(directory);
  return std::all_of(names.begin(), names.end(), [](const std::string& name) {
    return name == "blobs" || name == layout_file_name || name.starts_with(staging_mark);
  });
}

std::string prefix_beside(const fs::path& directory) { return "." + directory.filename().string(); }

// What was killed while it made a layout that another process has made by now. Best effort: the
// directory above may be closed to this user.
void remove_dead_beside(const fs::path& directory) {
  try {
    remove_dead_stagings(parent_of(directory), prefix_beside(directory));
  } catch (const Error&) {
    return;
  }
}

}  // namespace

// An empty directory is as good as none (`mkdir out && ocimux merge -o out`); anything else that
// is no layout is somebody's, and stays untouched.
bool is_layout_place(const fs::path& directory) {
  if (is_layout(directory)) return true;
  if (!is_there(directory)) return false;
  if (is_directory_there(directory) && is_free(directory)) return false;
  throw Error(Errc::already_exists,
              directory.string() +
                  ": expected an OCI layout, an empty directory or nothing, found "
                  "something else",
              "choose another place for the layout");
}

LayoutChange::LayoutChange(const fs::path& directory, Durability durability)
    : directory_(without_slash(directory)),
      durability_(durability),
      exists_(is_layout_place(directory_)),
      in_place_(is_directory_there(directory_)),
      before_(exists_ ? Layout::open(directory_).index() : empty_index()) {
  // A directory that is there is kept, layout or not: it may be a mount, or somebody's current one.
  if (in_place_) {
    staging_.emplace(directory_, "");
    remove_dead_beside(directory_);
  } else {
    parents_.emplace(directory_);
    staging_.emplace(parent_of(directory_), prefix_beside(directory_));
  }
  gathered_.emplace(staging_->path() / "blobs");
  make_directory(gathered_->root());
  make_directory(gathered_->root() / "sha256");
  make_directory(staging_->path() / "ingest");
  if (exists_) journal_.emplace(staging_->path());
}

bool LayoutChange::contains(const Digest& digest, std::int64_t size, const std::stop_token& stop) {
  if (gathered_->size_of(digest) == size) return true;
  const BlobStore blobs(directory_ / "blobs");
  if (!exists_ || blobs.size_of(digest) != size) return false;
  {
    const std::lock_guard lock(mutex_);
    if (relied_on_.contains(digest)) return true;
    journal_->add(digest);
  }
  // Disks forget, and others write: one that is damaged, or gone as garbage, is gathered again.
  try {
    NullSink nowhere;
    const auto source = blobs.open(digest, size).open();
    drain(*source, nowhere, stop);
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt && error.code() != Errc::not_found) throw;
    return false;
  }
  const std::lock_guard lock(mutex_);
  relied_on_.insert(digest);
  return true;
}

std::unique_ptr<BlobWriter> LayoutChange::create(std::string_view algorithm, std::size_t threads) {
  return std::make_unique<BlobWriter>(*gathered_, staging_->path() / "ingest",
                                      BlobOptions{algorithm, threads, durability_});
}

std::optional<BlobLink> LayoutChange::link(const fs::path& from, BlobLink::Sharing sharing) {
  return BlobLink::make(*gathered_, staging_->path() / "ingest", from, sharing);
}

Blob LayoutChange::put(std::string_view document, std::string_view algorithm) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(document));
  Blob blob{hasher.digest(), static_cast<std::int64_t>(document.size())};
  if (contains(blob.digest, blob.size)) return blob;
  const auto writer = create(algorithm);
  writer->write(as_bytes(document));
  return writer->commit();
}

Body LayoutChange::open(const Digest& digest, std::int64_t size) const {
  if (gathered_->size_of(digest)) return gathered_->open(digest, size);
  return BlobStore(directory_ / "blobs").open(digest, size);
}

LayoutChange::Totals LayoutChange::totals() const {
  Totals totals;
  for (const fs::path& file : gathered_files()) {
    ++totals.blobs;
    std::error_code failure;
    const auto size = fs::file_size(file, failure);
    if (!failure) totals.bytes += static_cast<std::int64_t>(size);
  }
  return totals;
}

std::vector<fs::path> LayoutChange::gathered_files() const {
  std::vector<fs::path> files;
  for (const std::string& algorithm : names_in(gathered_->root())) {
    for (const std::string& name : names_in(gathered_->root() / algorithm)) {
      files.push_back(gathered_->root() / algorithm / name);
    }
  }
  return files;
}

}  // namespace ocimux
