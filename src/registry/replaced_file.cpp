#include "registry/replaced_file.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "io/lock.hpp"
#include "io/memory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <random>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t largest_file = 4 << 20;

// As open() would follow them, also to a file that is not there yet.
fs::path behind_links(fs::path path) {
  constexpr int most_links = 40;
  std::error_code failure;
  for (int count = 0; fs::is_symlink(path, failure); ++count) {
    if (count == most_links) throw Error::from_errno(ELOOP, "opening " + path.string());
    const fs::path to = fs::read_symlink(path, failure);
    path = to.is_absolute() ? to : path.parent_path() / to;
  }
  return path;
}

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

void make_private_directory(const fs::path& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) return;
  if (path.has_parent_path()) make_directories(path.parent_path());
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error::from_errno(errno, "making " + path.string());
  }
}

FileDescriptor locked(const fs::path& directory, const std::stop_token& stop) {
  FileDescriptor open(
      ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // NOLINT(*-vararg)
  if (!open) throw Error::from_errno(errno, "opening " + directory.string());
  lock_file(open.number(), directory, stop);
  return open;
}

File create_private(const fs::path& path) {
  FileDescriptor number(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));  // NOLINT(*-vararg)
  if (!number) throw Error::from_errno(errno, "writing " + path.string());
  return {std::move(number), path.string()};
}

// Written by root, a file of somebody else's stays his.
void keep_owner(const File& file, const fs::path& of) {
  struct stat before {};
  if (::geteuid() != 0 || ::stat(of.c_str(), &before) != 0) return;
  if (::fchown(file.descriptor(), before.st_uid, before.st_gid) != 0) {
    throw Error::from_errno(errno, "giving " + file.name() + " to its owner");
  }
}

}  // namespace

ReplacedFile::ReplacedFile(const fs::path& path, const std::stop_token& stop)
    : path_(behind_links(path)) {
  struct stat status {};
  if (::stat(path_.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    throw Error(Errc::invalid_argument,
                path.string() + ": expected a regular file, found something else");
  }
  make_private_directory(directory_of(path_));
  lock_ = locked(directory_of(path_), stop);
}

std::string ReplacedFile::read() const {
  std::error_code failure;
  if (!fs::exists(path_, failure)) return {};
  const auto file = std::make_shared<const File>(File::open(path_));
  return read_document(file_body(file, 0, file->size()), largest_file);
}

void ReplacedFile::write(const std::string& text) const {
  std::random_device random;
  const fs::path directory = directory_of(path_);
  const fs::path beside =
      directory / ("." + path_.filename().string() + ".ocimux-" + std::to_string(random()));
  try {
    File file = create_private(beside);
    keep_owner(file, path_);
    file.write(as_bytes(text));
    file.sync();
    file.close();
    rename_path(beside, path_);
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  sync_directory(directory);
}

}  // namespace ocimux
