#include "layout/staging.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/lock.hpp"
#include "layout/trash.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

FileDescriptor open_directory(const fs::path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // NOLINT
}

bool try_lock(const FileDescriptor& directory) {
  return directory && try_lock_file(directory.number());
}

// Between making a directory and locking it, another process may take it for a dead one.
bool still_there(const fs::path& path, const FileDescriptor& directory) {
  struct stat by_name {};
  struct stat by_number {};
  const bool gone = ::stat(path.c_str(), &by_name) != 0;
  if (gone && errno == ENOENT) return false;
  if (gone || ::fstat(directory.number(), &by_number) != 0) {
    throw Error::from_errno(errno, "examining " + path.string());
  }
  return by_name.st_ino == by_number.st_ino && by_name.st_dev == by_number.st_dev;
}

}  // namespace

std::vector<fs::path> live_stagings(const fs::path& parent) {
  std::vector<fs::path> live;
  for (const std::string& name : names_in(parent)) {
    if (name.find(staging_mark) == std::string::npos) continue;
    const FileDescriptor directory = open_directory(parent / name);
    const bool denied = !directory && errno == EACCES;  // another user's, who may be at work
    if (denied || (directory && !try_lock(directory))) live.push_back(parent / name);
  }
  return live;
}

std::size_t remove_dead_stagings(const fs::path& parent, const std::string& prefix) {
  const std::string start = prefix + std::string(staging_mark);
  std::size_t removed = 0;
  for (const std::string& name : names_in(parent)) {
    if (!name.starts_with(start)) continue;
    const FileDescriptor directory = open_directory(parent / name);
    if (!try_lock(directory)) continue;
    restore_trash(parent / name, parent);
    remove_tree(parent / name);
    ++removed;
  }
  return removed;
}

Staging::Staging(const fs::path& parent, const std::string& prefix) {
  const std::string start = prefix + std::string(staging_mark);
  remove_dead_stagings(parent, prefix);
  std::random_device random;
  for (;;) {
    path_ = parent / (start + std::to_string(random()));
    if (!make_directory(path_)) continue;
    try {
      if (take()) return;
    } catch (...) {
      remove_tree(path_);
      throw;
    }
    remove_tree(path_);  // who looked at it may only have looked
  }
}

// False when another process has taken the directory for a dead one, and removes it.
bool Staging::take() {
  lock_ = open_directory(path_);
  const bool locked = try_lock(lock_);
  const int reason = errno;
  if (locked) return still_there(path_, lock_);
  if (lock_ ? reason == EWOULDBLOCK : reason == ENOENT) return false;
  // It would be so for each other one, too.
  throw Error::from_errno(reason, (lock_ ? "locking " : "opening ") + path_.string());
}

Staging::~Staging() {
  if (!path_.empty()) remove_tree(path_);
}

void Staging::release() {
  path_.clear();
  // What it became is locked by its writers, who must not wait for this object's end.
  lock_.close();
}

ParentDirectories::ParentDirectories(const fs::path& of) {
  std::vector<fs::path> missing;
  for (fs::path path = parent_of(of); !path.empty() && !is_there(path); path = path.parent_path()) {
    missing.push_back(path);
  }
  try {
    for (; !missing.empty(); missing.pop_back()) {
      if (make_directory(missing.back())) made_.push_back(missing.back());
    }
  } catch (...) {
    remove_empty();
    throw;
  }
}

ParentDirectories::~ParentDirectories() { remove_empty(); }

void ParentDirectories::remove_empty() noexcept {
  // Others may use them by now, or the job's result is in them: only what is empty goes.
  while (!made_.empty() && ::rmdir(made_.back().c_str()) == 0) made_.pop_back();
}

fs::path parent_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void sync_name(const fs::path& path) {
  try {
    sync_directory(parent_of(path));
  } catch (const Error& error) {
    // What may not be read was not changed by this user either.
    if (error.code() != Errc::denied) throw;
  }
}

void sync_directories_above(const fs::path& path) {
  for (fs::path above = path.parent_path(); !above.empty() && above != above.parent_path();
       above = above.parent_path()) {
    sync_name(above);
  }
}

FileDescriptor lock_directory(const fs::path& path, const std::stop_token& stop,
                              Progress& progress) {
  FileDescriptor directory = open_directory(path);
  if (!directory) throw Error::from_errno(errno, "opening " + path.string());
  lock_file(directory.number(), path, stop, progress);
  return directory;
}

}  // namespace ocimux
