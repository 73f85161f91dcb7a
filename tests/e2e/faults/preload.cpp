// The C library's functions by which ocimux reaches files, watched: see steps.hpp. A function that
// is missing here is found by power.py, which compares what the record tells with what is there.

#include "steps.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace faults {
namespace {

constexpr Call making_file{"create", Kind::change, "EIO EACCES ENOSPC"};
constexpr Call truncating{"truncate", Kind::change, "EIO EACCES"};
constexpr Call opening{"open", Kind::look, "EIO EACCES"};
constexpr Call reading{"read", Kind::look, "EIO"};
constexpr Call listing{"list", Kind::look, "EIO"};
constexpr Call examining{"stat", Kind::look, "EIO EACCES"};
constexpr Call examining_open{"fstat", Kind::look, "EIO"};
constexpr Call locking{"lock", Kind::look, "EIO"};
constexpr Call closing{"close", Kind::look, "EIO"};
constexpr Call writing{"write", Kind::change, "EIO ENOSPC"};
constexpr Call writing_back{"write_back", Kind::look, "EIO ENOSPC"};
constexpr Call syncing{"sync", Kind::change, "EIO ENOSPC"};
constexpr Call syncing_all{"sync_all", Kind::change, "EIO ENOSPC"};
constexpr Call making_directory{"mkdir", Kind::change, "EIO EACCES ENOSPC"};
constexpr Call removing_directory{"rmdir", Kind::change, "EIO EACCES"};
constexpr Call removing{"unlink", Kind::change, "EIO EACCES"};
constexpr Call renaming{"rename", Kind::change, "EIO EACCES ENOSPC"};
constexpr Call linking{"link", Kind::change, "EIO EACCES ENOSPC"};
constexpr Call cloning{"clone", Kind::change, "EIO ENOSPC"};
constexpr Call sizing{"resize", Kind::change, "EIO ENOSPC"};

template <typename Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

const Call& call_for(int directory, const char* path, int flags) {
  if ((flags & O_TMPFILE) == O_TMPFILE) return making_file;
  if ((flags & O_CREAT) != 0 && !is_there(directory, path)) return making_file;
  if ((flags & O_TRUNC) != 0) return truncating;
  return opening;
}

int open_at(int directory, const char* path, int flags, mode_t mode) {
  Step step(call_for(directory, path, flags), directory, path);
  if (step.fails()) return -1;
  const long file = kernel()(SYS_openat, directory, path, flags, mode);
  if (file >= 0) step.note_inode(static_cast<int>(file));
  if ((flags & O_TMPFILE) == O_TMPFILE) step.note("unnamed", 1);
  return static_cast<int>(step.done(file));
}

int rename_at(int from_directory, const char* from, int to_directory, const char* to,
              unsigned flags) {
  Step step(renaming, to_directory, to);
  if (step.fails()) return -1;
  step.note("from", absolute(from_directory, from));
  step.note_inode(from_directory, from);
  return static_cast<int>(
      step.done(kernel()(SYS_renameat2, from_directory, from, to_directory, to, flags)));
}

int unlink_at(int directory, const char* path, int flags) {
  Step step((flags & AT_REMOVEDIR) != 0 ? removing_directory : removing, directory, path);
  if (step.fails()) return -1;
  return static_cast<int>(step.done(kernel()(SYS_unlinkat, directory, path, flags)));
}

int make_directory(const char* path, mode_t mode) {
  Step step(making_directory, AT_FDCWD, path);
  if (step.fails()) return -1;
  const long result = kernel()(SYS_mkdirat, AT_FDCWD, path, mode);
  if (result == 0) step.note_inode(AT_FDCWD, path);
  return static_cast<int>(step.done(result));
}

ssize_t write_at(int file, const void* data, std::size_t size, off_t offset) {
  Step step(writing, file);
  if (step.fails()) return -1;
  const bool by_position = offset >= 0;
  if (step.ends_within()) {
    // What was given is what arrived, but for half of it.
    if (by_position)
      kernel()(SYS_pwrite64, file, data, size / 2, offset);
    else
      kernel()(SYS_write, file, data, size / 2);
    end();
  }
  step.note_inode(file);
  step.note("at", by_position ? offset : kernel()(SYS_lseek, file, 0L, SEEK_CUR));
  const long count = by_position ? kernel()(SYS_pwrite64, file, data, size, offset)
                                 : kernel()(SYS_write, file, data, size);
  if (count > 0) step.note("data", data, static_cast<std::size_t>(count));
  return step.done(count);
}

int status_at(int directory, const char* path, void* status, int flags) {
  Step step(examining, directory, path);
  if (step.fails()) return -1;
  return static_cast<int>(step.done(kernel()(SYS_newfstatat, directory, path, status, flags)));
}

/// For what is done to an open file and has no more to tell.
template <typename... Arguments>
int on_open_file(const Call& call, long number, int file, Arguments... arguments) {
  Step step(call, file);
  if (step.fails()) return -1;
  step.note_inode(file);
  return static_cast<int>(step.done(kernel()(number, file, arguments...)));
}

}  // namespace
}  // namespace faults

using namespace faults;  // NOLINT(google-build-using-namespace): what follows has C names

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_at(directory, path, flags, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  const int flags = *mode == 'w' ? O_CREAT | O_TRUNC : 0;
  Step step(call_for(AT_FDCWD, path, flags), AT_FDCWD, path);
  if (step.fails()) return nullptr;
  FILE* file = original<FILE*(const char*, const char*)>("fopen64")(path, mode);
  if (file != nullptr) step.note_inode(::fileno(file));
  step.done(file == nullptr ? -1 : 0);
  return file;
}
DIR* opendir(const char* path) {
  Step step(opening, AT_FDCWD, path);
  if (step.fails()) return nullptr;
  DIR* directory = original<DIR*(const char*)>("opendir")(path);
  step.done(directory == nullptr ? -1 : 0);
  return directory;
}
dirent* readdir(DIR* directory) {
  Step step(listing, ::dirfd(directory));
  if (step.fails()) return nullptr;
  dirent* entry = original<dirent*(DIR*)>("readdir")(directory);
  step.done(0);
  return entry;
}

int close(int file) {
  Step step(closing, file);
  const bool fails = step.fails();
  const int reason = errno;
  const long result = kernel()(SYS_close, file);
  if (!fails) return static_cast<int>(step.done(result));
  errno = reason;
  return -1;
}
ssize_t read(int file, void* into, size_t size) {
  Step step(reading, file);
  return step.fails() ? -1 : step.done(kernel()(SYS_read, file, into, size));
}
ssize_t pread64(int file, void* into, size_t size, off64_t offset) {
  Step step(reading, file);
  return step.fails() ? -1 : step.done(kernel()(SYS_pread64, file, into, size, offset));
}
ssize_t write(int file, const void* data, size_t size) { return write_at(file, data, size, -1); }
ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  return write_at(file, data, size, offset);
}
int ftruncate64(int file, off64_t size) noexcept {
  Step step(sizing, file);
  if (step.fails()) return -1;
  step.note_inode(file);
  step.note("size", size);
  return static_cast<int>(step.done(kernel()(SYS_ftruncate, file, size)));
}
int fsync(int file) { return on_open_file(syncing, SYS_fsync, file); }
int fdatasync(int file) { return on_open_file(syncing, SYS_fdatasync, file); }
int syncfs(int file) noexcept { return on_open_file(syncing_all, SYS_syncfs, file); }
int sync_file_range(int file, off64_t offset, off64_t size, unsigned flags) {
  return on_open_file(writing_back, SYS_sync_file_range, file, offset, size, flags);
}
int flock(int file, int operation) noexcept {
  return on_open_file(locking, SYS_flock, file, operation);
}
int fstat64(int file, struct stat64* status) noexcept {
  Step step(examining_open, file);
  if (step.fails()) return -1;
  return static_cast<int>(step.done(kernel()(SYS_newfstatat, file, "", status, AT_EMPTY_PATH)));
}
int ioctl(int file, unsigned long request, ...) noexcept {
  va_list rest;
  va_start(rest, request);
  void* argument = va_arg(rest, void*);
  va_end(rest);
  if (request != FICLONE) return static_cast<int>(kernel()(SYS_ioctl, file, request, argument));
  return on_open_file(cloning, SYS_ioctl, file, request, argument);
}

int stat64(const char* path, struct stat64* status) noexcept {
  return status_at(AT_FDCWD, path, status, 0);
}
int lstat64(const char* path, struct stat64* status) noexcept {
  return status_at(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int stat(const char* path, struct stat* status) noexcept {
  return status_at(AT_FDCWD, path, status, 0);
}
int lstat(const char* path, struct stat* status) noexcept {
  return status_at(AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}
int access(const char* path, int mode) noexcept {
  Step step(examining, AT_FDCWD, path);
  if (step.fails()) return -1;
  return static_cast<int>(step.done(kernel()(SYS_faccessat, AT_FDCWD, path, mode)));
}

int mkdir(const char* path, mode_t mode) noexcept { return make_directory(path, mode); }
int rmdir(const char* path) noexcept { return unlink_at(AT_FDCWD, path, AT_REMOVEDIR); }
int unlink(const char* path) noexcept { return unlink_at(AT_FDCWD, path, 0); }
int unlinkat(int directory, const char* path, int flags) noexcept {
  return unlink_at(directory, path, flags);
}
int remove(const char* path) noexcept {
  if (unlink_at(AT_FDCWD, path, 0) == 0) return 0;
  return errno == EISDIR ? unlink_at(AT_FDCWD, path, AT_REMOVEDIR) : -1;
}
int rename(const char* from, const char* to) noexcept {
  return rename_at(AT_FDCWD, from, AT_FDCWD, to, 0);
}
int linkat(int from_directory, const char* from, int to_directory, const char* to,
           int flags) noexcept {
  Step step(linking, to_directory, to);
  if (step.fails()) return -1;
  const long result = kernel()(SYS_linkat, from_directory, from, to_directory, to, flags);
  if (result == 0) step.note_inode(to_directory, to);
  return static_cast<int>(step.done(result));
}
// renameat2() by its number: the only call of this kind that changes a file.
long syscall(long number, ...) noexcept {
  va_list rest;
  va_start(rest, number);
  long arguments[6];
  for (long& argument : arguments) argument = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_renameat2) {
    return rename_at(static_cast<int>(arguments[0]), reinterpret_cast<const char*>(arguments[1]),
                     static_cast<int>(arguments[2]), reinterpret_cast<const char*>(arguments[3]),
                     static_cast<unsigned>(arguments[4]));
  }
  return kernel()(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                  arguments[5]);
}

}  // extern "C"
