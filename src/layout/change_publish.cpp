#include "layout/change.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/memory.hpp"
#include "layout/layout_files.hpp"

// How a change becomes the layout's: what is synced and renamed in which order, and why. See
// docs/layout.md, "All or nothing".

namespace ocimux {
namespace {

namespace fs = std::filesystem;

std::string index_text(const fs::path& directory) {
  return within(directory.string(), [&] {
    check_layout_file(read_layout_file(directory, layout_file_name));
    return read_layout_file(directory, index_file_name);
  });
}

}  // namespace

void LayoutChange::publish(const std::function<Index(const Index&)>& edit,
                           const std::stop_token& stop, Progress& progress) {
  publish_text(
      [&](const std::string& text) -> std::optional<std::string> {
        return edit(within(directory_.string(), [&] { return parse_index_file(text); })).document();
      },
      stop, progress);
}

void LayoutChange::publish_text(const EditText& edit, const std::stop_token& stop,
                                Progress& progress) {
  sync_gathered();
  if (!in_place_ && publish_new(edit)) return;
  publish_into(edit, stop, progress);
}

// The content first, all of it: no name that others go by may lead to bytes that a loss of power
// would take. A sync costs a turn of the disk; past a few files, one for the whole file system is
// cheaper, though it also waits for what others have written.
void LayoutChange::sync_gathered() {
  if (durability_ == Durability::kill) return;
  constexpr std::size_t few = 16;
  std::vector<fs::path> files = gathered_files();
  // Those that are there may have been written without syncing, by whomever.
  const BlobStore blobs(directory_ / "blobs");
  for (const Digest& digest : relied_on_) files.push_back(blobs.path_of(digest));
  std::erase_if(files, [&](const fs::path& file) { return !synced_.insert(file).second; });
  if (files.size() > few) return sync_file_system(gathered_->root());
  for (const fs::path& file : files) {
    try {
      File::open(file).sync();
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;  // gone meanwhile: that is told under the lock
    }
  }
}

void LayoutChange::sync_names(const fs::path& directory) const {
  if (durability_ == Durability::power_loss) sync_directory(directory);
}

void LayoutChange::write_document(const fs::path& path, std::string_view text) const {
  File file = File::create(path);
  file.write(as_bytes(text));
  if (durability_ == Durability::power_loss) file.sync();
  file.close();
}

// False when another process has made the layout in the meantime.
bool LayoutChange::publish_new(const EditText& edit) {
  const std::string before = empty_index().document();
  const std::string index = edit(before).value_or(before);
  sync_gathered();
  const fs::path& made = staging_->path();
  remove_surely(made / "ingest");
  write_document(made / layout_file_name, layout_file());
  write_document(made / index_file_name, index);
  for (const std::string& algorithm : names_in(gathered_->root())) {
    sync_names(gathered_->root() / algorithm);
  }
  sync_names(gathered_->root());
  sync_names(made);
  if (durability_ == Durability::power_loss) sync_directories_above(directory_);
  if (!rename_to_free_name(made, directory_)) {
    make_directory(made / "ingest");
    return false;
  }
  staging_->release();
  sync_names(parent_of(directory_));
  return true;
}

// Garbage may have been collected meanwhile, by an ocimux that did not read the journal or was
// killed before it brought back what that names.
void LayoutChange::check_relied_on() const {
  const BlobStore blobs(directory_ / "blobs");
  for (const Digest& digest : relied_on_) {
    if (blobs.size_of(digest)) continue;
    remove_dead_stagings(directory_, "");  // what it moved away comes back
    if (blobs.size_of(digest)) continue;
    throw Error(Errc::conflict,
                "expected the blob " + digest.string() + " to stay in " + directory_.string() +
                    ", found it removed meanwhile",
                "run the command again");
  }
}

void LayoutChange::publish_into(const EditText& edit, const std::stop_token& stop,
                                Progress& progress) {
  const FileDescriptor lock = lock_directory(directory_, stop, progress);
  const bool layout = is_layout_place(directory_);  // again: it may be somebody's by now
  const std::optional<std::string> index =
      edit(layout ? index_text(directory_) : empty_index().document());
  // Whoever made what is there may have been killed before its names were synced.
  if (durability_ == Durability::power_loss) sync_name(directory_);
  if (!index) return sync_names(directory_);
  sync_gathered();
  check_relied_on();
  const BlobStore blobs(directory_ / "blobs");
  // Written before anything moves: from here on only names change, which needs next to no space.
  const fs::path& made = staging_->path();
  if (!layout) write_document(made / ("new-" + std::string(layout_file_name)), layout_file());
  write_document(made / ("new-" + std::string(index_file_name)), *index);
  std::vector<fs::path> made_there;
  try {
    move_blobs(blobs, made_there);
    sync_blob_names(blobs);
    if (!layout) {
      replace_document(layout_file_name);
      made_there.push_back(directory_ / layout_file_name);
    }
    // `blobs` may be new, made by this process or by one that was killed.
    sync_names(directory_);
    replace_document(index_file_name);
  } catch (...) {
    // Nothing names these blobs: the index.json that would is not there.
    std::error_code ignored;  // the first failure is the one to tell
    for (; !made_there.empty(); made_there.pop_back()) fs::remove(made_there.back(), ignored);
    throw;
  }
  sync_names(directory_);
}

// Says in @p made which blobs and directories came to be where none were before.
void LayoutChange::move_blobs(const BlobStore& to, std::vector<fs::path>& made) const {
  if (make_directory(to.root())) made.push_back(to.root());
  for (const std::string& algorithm : names_in(gathered_->root())) {
    const fs::path target = to.root() / algorithm;
    if (make_directory(target)) made.push_back(target);
    for (const std::string& name : names_in(gathered_->root() / algorithm)) {
      // Where that cannot be told, there may be one that others need.
      std::error_code failure;
      const bool fresh =
          fs::symlink_status(target / name, failure).type() == fs::file_type::not_found;
      rename_path(gathered_->root() / algorithm / name, target / name);
      if (fresh) made.push_back(target / name);
    }
  }
}

// Of the blobs that were there, too: who brought them may have been killed before that.
void LayoutChange::sync_blob_names(const BlobStore& of) const {
  std::set<std::string> algorithms;
  for (const std::string& algorithm : names_in(gathered_->root())) algorithms.insert(algorithm);
  for (const Digest& digest : relied_on_) algorithms.emplace(digest.algorithm());
  for (const std::string& algorithm : algorithms) sync_names(of.root() / algorithm);
  sync_names(of.root());
}

void LayoutChange::replace_document(std::string_view name) const {
  rename_path(staging_->path() / ("new-" + std::string(name)), directory_ / name);
}

}  // namespace ocimux
