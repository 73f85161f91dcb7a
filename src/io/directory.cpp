#include "io/directory.hpp"

#include <ocimux/base/error.hpp>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace ocimux {

namespace fs = std::filesystem;

namespace {

fs::file_type type_of(const fs::path& path) {
  std::error_code failure;
  const fs::file_type type = fs::status(path, failure).type();
  // No file system has a longer name: nothing can be there.
  if (type == fs::file_type::none && failure.value() != ENAMETOOLONG) {
    throw Error::from_errno(failure.value(), "examining " + path.string());
  }
  return type;
}

}  // namespace

bool is_there(const fs::path& path) {
  const fs::file_type type = type_of(path);
  return type != fs::file_type::not_found && type != fs::file_type::none;
}

bool is_directory_there(const fs::path& path) { return type_of(path) == fs::file_type::directory; }

bool make_directory(const fs::path& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return true;
  if (errno == EEXIST) return false;
  throw Error::from_errno(errno, "making the directory " + path.string());
}

void make_directories(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (failure) throw Error::from_errno(failure.value(), "making the directory " + path.string());
}

void rename_path(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) {
    throw Error::from_errno(errno, "renaming " + from.string() + " to " + to.string());
  }
}

bool rename_to_free_name(const fs::path& from, const fs::path& to) {
  // By number: the C library's renameat2 came later than the kernel's.
  long result = ::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(),  // NOLINT
                          RENAME_NOREPLACE);
  if (result != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system without that flag. rename() refuses to replace a directory that has
    // anything in it, which is what a layout is.
    result = ::rename(from.c_str(), to.c_str());
  }
  if (result == 0) return true;
  if (errno == EEXIST || errno == ENOTEMPTY) return false;
  throw Error::from_errno(errno, "renaming " + from.string() + " to " + to.string());
}

void remove_tree(const fs::path& path) noexcept {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void remove_surely(const fs::path& path) {
  std::error_code failure;
  fs::remove_all(path, failure);
  if (failure) throw Error::from_errno(failure.value(), "removing " + path.string());
}

std::vector<std::string> names_in(const fs::path& path) {
  std::vector<std::string> names;
  std::error_code failure;
  for (fs::directory_iterator entry(path, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    names.push_back(entry->path().filename().string());
  }
  if (failure && failure.value() != ENOENT) {
    throw Error::from_errno(failure.value(), "listing " + path.string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace ocimux
