#include "jobs/edit_place.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "digest/hasher.hpp"
#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "jobs/edit_archive.hpp"
#include "layout/layout_files.hpp"

#include <set>
#include <utility>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using Kind = LocalReference::Kind;

Error no_place() {
  return {Errc::unsupported, "expected an OCI layout or an OCI archive, found something else",
          "ocimux merge makes a layout of it"};
}

ImageStore store_with(const Layout& layout, const std::string& index_text) {
  ImageStore store = store_of(layout);
  store.index = parse_index_file(index_text);
  return store;
}

Blob named_by_digest(const std::string& text, std::string_view algorithm) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(text));
  return {hasher.digest(), static_cast<std::int64_t>(text.size())};
}

/// What @p step makes of an index.json; nothing where that is the same.
std::optional<std::string> changed(const EditStep& step, const std::string& index_text,
                                   ImageStore store, decltype(Edit::put) put) {
  Edit edit{Json::parse(index_text), std::move(store), std::move(put)};
  const std::string before = edit.index_json.dump();
  step(edit);
  std::string after = edit.index_json.dump();
  if (after == before) return std::nullopt;
  static_cast<void>(parse_index_file(after));  // what others are to read
  return after;
}

}  // namespace

EditPlace::EditPlace(const LocalReference& reference, Progress& progress, std::stop_token stop)
    : name_(reference.path.string()),
      path_(reference.path),
      archive_(!is_directory_there(reference.path)),
      progress_(progress),
      stop_(std::move(stop)) {
  if (reference.kind != Kind::any &&
      reference.kind != (archive_ ? Kind::oci_archive : Kind::layout)) {
    throw no_place().within(name_);
  }
  // A link to an archive stays one.
  if (archive_) {
    std::error_code failure;
    path_ = fs::canonical(path_, failure);
    if (failure) throw Error::from_errno(failure.value(), "examining " + name_);
  }
  static_cast<void>(store());
}

// Layout names itself in its errors.
ImageStore EditPlace::store() const {
  if (!archive_) return store_of(Layout::open(path_));
  return within(name_, [&] { return store_of(name_, open_archive(path_).members); });
}

void EditPlace::rehearse(const EditStep& step) const {
  const ImageStore now = store();
  within(name_, [&] {
    const std::string text =
        archive_ ? open_archive(path_).index_text : read_layout_file(path_, index_file_name);
    static_cast<void>(changed(step, text, now, named_by_digest));
  });
}

LayoutChange& EditPlace::change(Durability durability) {
  if (change_) return *change_;
  if (archive_) {
    staging_.emplace(parent_of(path_), "." + path_.filename().string());
    // Nobody comes back to it: what must last is the archive.
    return change_.emplace(staging_->path() / "layout", Durability::kill);
  }
  return change_.emplace(path_, durability);
}

void EditPlace::publish(const EditStep& step, Durability durability) {
  LayoutChange& making = change(durability);
  throw_if_stopped(stop_);
  if (archive_) return within(name_, [&] { publish_archive(step, durability); });
  making.publish_text(
      [&](const std::string& text) {
        const auto put = [&](const std::string& document, std::string_view algorithm) {
          return making.put(document, algorithm);
        };
        const ImageStore now = store_with(Layout::open(path_), text);
        return within(name_, [&] { return changed(step, text, now, put); });
      },
      stop_, progress_);
}

void EditPlace::publish_archive(const EditStep& step, Durability durability) {
  const OpenArchive old = lock_archive(path_, stop_, progress_);
  const auto put = [&](const std::string& document, std::string_view algorithm) {
    return change_->put(document, algorithm);
  };
  std::optional<std::string> index =
      changed(step, old.index_text, store_of(name_, old.members), put);
  // Whoever put the archive there may have been killed before its name was synced.
  if (durability == Durability::power_loss) sync_name(path_);
  if (!index) return;
  const fs::path gathered = staging_->path() / "layout";
  change_->publish([](const Index& nothing) { return nothing; });

  std::vector<ArchiveFile> files = blobs_of(old, progress_);
  std::set<std::string> there;
  for (const ArchiveFile& file : files) there.insert(file.path);
  for (ArchiveFile& file : archive_files(gathered)) {
    if (file.path.starts_with("blobs/") && !there.contains(file.path)) {
      files.push_back(std::move(file));
    }
  }
  replace_archive(old, {path_, staging_->path(), std::move(files), std::move(*index), durability},
                  progress_, stop_);
}

void edit_place(const LocalReference& reference, const EditOptions& options, const EditStep& step,
                Progress& progress, const std::stop_token& stop) {
  EditPlace place(reference, progress, stop);
  if (options.dry_run) return place.rehearse(step);
  place.publish(step, options.sync ? Durability::power_loss : Durability::kill);
}

}  // namespace ocimux
