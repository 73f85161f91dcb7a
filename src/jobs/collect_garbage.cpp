#include <ocimux/jobs/collect_garbage.hpp>

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "io/directory.hpp"
#include "jobs/edit_archive.hpp"
#include "jobs/reached.hpp"
#include "layout/layout_files.hpp"
#include "layout/reliance.hpp"
#include "layout/trash.hpp"
#include "source/reference.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>

// In sentences: under the layout's lock, see what index.json leads to and what lies there; move
// what nothing leads to aside, bring back what a change that began meanwhile relies on, and let the
// rest go. docs/layout.md says why that is right.

namespace ocimux {
namespace {

namespace fs = std::filesystem;

LocalReference place_of(const GarbageOptions& options) {
  LocalReference reference = LocalReference::parse(options.layout);
  if (!reference.tag.empty() || reference.digest) {
    throw Error(Errc::invalid_argument,
                options.layout + ": expected a layout, found a name or digest in one",
                "garbage is what no name leads to: ocimux gc " + reference.path.string());
  }
  return reference;
}

/// A blob on disk.
struct Found {
  GarbageBlob blob;
  bool linked = false;  ///< the file has further names
};

/// What is in a layout's `blobs`: its blobs, by digest, and what is none.
struct OnDisk {
  std::map<Digest, Found> blobs = {};
  std::vector<std::string> foreign = {};
};

std::optional<Found> blob_at(const fs::path& path, const std::string& algorithm,
                             const std::string& name) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  try {
    return Found{{Digest::parse(algorithm + ":" + name), status.st_size}, status.st_nlink > 1};
  } catch (const Error&) {
    return std::nullopt;
  }
}

OnDisk look(const fs::path& layout) {
  OnDisk found;
  const fs::path root = layout / "blobs";
  for (const std::string& algorithm : names_in(root)) {
    std::error_code failure;
    const bool directory =
        fs::symlink_status(root / algorithm, failure).type() == fs::file_type::directory;
    if (!directory || (algorithm != "sha256" && algorithm != "sha512")) {
      found.foreign.push_back((fs::path("blobs") / algorithm).string());
      continue;
    }
    for (const std::string& name : names_in(root / algorithm)) {
      if (auto blob = blob_at(root / algorithm / name, algorithm, name)) {
        const Digest digest = blob->blob.digest;
        found.blobs.emplace(digest, std::move(*blob));
      } else {
        found.foreign.push_back((fs::path("blobs") / algorithm / name).string());
      }
    }
  }
  return found;
}

std::set<Digest> reached_in(const ImageStore& store, const std::string& index_text,
                            const std::stop_token& stop) {
  return within(store.name, [&] {
    try {
      return reached(store, index_text, stop);
    } catch (const Error& error) {
      if (error.code() != Errc::corrupt && error.code() != Errc::not_found) throw;
      throw error.hinting(
          "nothing was removed, because what this leads to is not known: bring it "
          "back, or take it out with ocimux rm PATH:TAG DIGEST or ocimux untag");
    }
  });
}

// In the layout, and beside it, where it was to be made: that directory may be closed to this user.
std::size_t remove_abandoned(const fs::path& layout) {
  const std::size_t inside = remove_dead_stagings(layout, "");
  try {
    const fs::path whole = fs::canonical(layout);
    return inside + remove_dead_stagings(whole.parent_path(), "." + whole.filename().string());
  } catch (const std::exception&) {
    return inside;
  }
}

std::int64_t size_of(const std::vector<Found>& blobs) {
  std::int64_t size = 0;
  for (const Found& one : blobs) size += one.blob.size;
  return size;
}

/// Moves @p garbage aside, and back again what turns out to be none, which it answers.
std::vector<Found> take(Trash& trash, const fs::path& layout, const std::vector<Found>& garbage,
                        Progress& progress, const std::stop_token& stop) {
  std::vector<Found> spared;
  try {
    ProgressTask task(progress, "removing what nothing names", size_of(garbage));
    for (const Found& one : garbage) {
      throw_if_stopped(stop);
      trash.take(one.blob.digest);
      task.advance(one.blob.size);
    }
    // Who looked for a blob before it was moved has written that down before; who looks now sees
    // that it is gone, and gathers it.
    const Reliance reliance = read_reliance_in(layout, trash.path());
    std::set<Digest> back;
    for (const Found& one : garbage) {
      if (!reliance.on(one.blob.digest)) continue;
      back.insert(one.blob.digest);
      spared.push_back(one);
    }
    trash.give_back(back);
  } catch (...) {
    trash.give_all_back();
    throw;
  }
  return spared;
}

// Whoever wrote index.json may have been killed before it was synced. A loss of power would then
// bring back the one before, and what only that names must not be gone.
void sync_index(const fs::path& layout) {
  File::open_regular(layout / index_file_name).sync();
  sync_directory(layout);
}

void count(Garbage& result, const Found& found) {
  result.removed.push_back(found.blob);
  result.bytes += found.blob.size;
  if (!found.linked) return;
  ++result.linked;
  result.linked_bytes += found.blob.size;
}

Garbage collect_in_layout(const fs::path& path, const GarbageOptions& options, Progress& progress,
                          const std::stop_token& stop) {
  static_cast<void>(Layout::open(path));
  const FileDescriptor lock = lock_directory(path, stop, progress);
  Garbage result{path.string()};
  const std::set<Digest> reachable =
      reached_in(store_of(Layout::open(path)), read_layout_file(path, index_file_name), stop);
  if (!options.dry_run) result.abandoned = remove_abandoned(path);
  OnDisk there = look(path);
  result.foreign = std::move(there.foreign);
  std::vector<Found> garbage;
  const Reliance reliance = read_reliance_in(path, {});
  for (const auto& [digest, found] : there.blobs) {
    if (reachable.contains(digest)) {
      ++result.reached;
    } else if (reliance.on(digest)) {
      result.spared.push_back(found.blob);
    } else {
      garbage.push_back(found);
    }
  }
  if (!options.dry_run && !garbage.empty()) {
    sync_index(path);
    Trash trash(path);  // goes before the lock does
    for (const Found& found : take(trash, path, garbage, progress, stop)) {
      result.spared.push_back(found.blob);
      std::erase_if(garbage,
                    [&](const Found& one) { return one.blob.digest == found.blob.digest; });
    }
  }
  for (const Found& found : garbage) count(result, found);
  return result;
}

// Nobody relies on blobs of an archive: who edits one writes it anew under its lock.
Garbage collect_in_archive(const fs::path& path, const GarbageOptions& options, Progress& progress,
                           const std::stop_token& stop) {
  Garbage result{path.string()};
  const fs::path file = fs::canonical(path);
  const OpenArchive old = within(result.name, [&] { return lock_archive(file, stop, progress); });
  const std::set<Digest> reachable =
      reached_in(store_of(result.name, old.members), old.index_text, stop);
  std::vector<ArchiveFile> kept;
  for (ArchiveFile& blob : within(result.name, [&] { return blobs_of(old, progress); })) {
    const Digest digest = *digest_of(blob.path);
    if (reachable.contains(digest)) {
      kept.push_back(std::move(blob));
    } else {
      count(result, {{digest, blob.body.size}});
    }
  }
  result.reached = kept.size();
  if (options.dry_run) return result;
  const std::string prefix = "." + file.filename().string();
  const Durability durability = options.sync ? Durability::power_loss : Durability::kill;
  result.abandoned = remove_dead_stagings(parent_of(file), prefix);
  // Whoever put the archive there may have been killed before its name was synced.
  if (options.sync) sync_name(file);
  if (result.removed.empty()) return result;
  const Staging staging(parent_of(file), prefix);
  within(result.name, [&] {
    replace_archive(old, {file, staging.path(), std::move(kept), old.index_text, durability},
                    progress, stop);
  });
  return result;
}

}  // namespace

Garbage collect_garbage(const GarbageOptions& options, Progress& progress,
                        const std::stop_token& stop) {
  const LocalReference place = place_of(options);
  const bool layout = is_directory_there(place.path);
  if (place.kind != LocalReference::Kind::any &&
      place.kind != (layout ? LocalReference::Kind::layout : LocalReference::Kind::oci_archive)) {
    throw Error(Errc::unsupported, place.path.string() +
                                       ": expected an OCI layout or an OCI archive, found "
                                       "something else");
  }
  return layout ? collect_in_layout(place.path, options, progress, stop)
                : collect_in_archive(place.path, options, progress, stop);
}

}  // namespace ocimux
