#include "registry/upload_journal.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/digest/digest.hpp>

#include "io/directory.hpp"
#include "io/lock.hpp"
#include "io/memory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".upload";
constexpr std::size_t hex_length = 64;
constexpr std::int64_t longest_kept = std::int64_t{7} * 24 * 3600;  // seconds
constexpr mode_t private_file = 0600;

// Nothing but files of this name is ever removed.
bool is_record(std::string_view name) {
  return name.size() == hex_length + ending.size() && name.ends_with(ending) &&
         name.find_first_not_of("0123456789abcdef") == hex_length;
}

FileDescriptor open_private(const fs::path& path) {
  return FileDescriptor(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, private_file));  // NOLINT
}

bool has_name(const FileDescriptor& file, const fs::path& path) {
  struct stat by_name {};
  struct stat by_number {};
  return ::lstat(path.c_str(), &by_name) == 0 && ::fstat(file.number(), &by_number) == 0 &&
         by_name.st_ino == by_number.st_ino && by_name.st_dev == by_number.st_dev;
}

// What others may have written would say where our bytes go.
bool is_private(const FileDescriptor& file) {
  struct stat status {};
  return ::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

}  // namespace

UploadRecord::UploadRecord(fs::path path, FileDescriptor lock)
    : path_(std::move(path)), file_(std::move(lock)) {}

std::optional<Url> UploadRecord::location(const Origin& registry) const {
  std::array<char, std::size_t{16} * 1024> text{};
  const ssize_t size = ::pread(file_.number(), text.data(), text.size(), 0);
  if (size <= 0) return std::nullopt;
  try {
    Url location = Url::parse({text.data(), static_cast<std::size_t>(size)});
    if (location.origin() == registry) return location;
  } catch (const Error&) {  // half written, or not ours: as good as none
    return std::nullopt;
  }
  return std::nullopt;
}

void UploadRecord::note(const Url& location, const Origin& registry) noexcept {
  const std::string& text = location.string();
  if (::ftruncate(file_.number(), 0) != 0 || location.origin() != registry) return;
  const ssize_t size = ::pwrite(file_.number(), text.data(), text.size(), 0);
  if (size != static_cast<ssize_t>(text.size())) forget();
}

// The name goes while it is locked: who opened it meanwhile sees that it has gone.
void UploadRecord::forget() noexcept {
  if (has_name(file_, path_)) ::unlink(path_.c_str());
}

std::optional<UploadJournal> UploadJournal::of_user(const Environment& environment) {
  if (const auto cache = environment("XDG_CACHE_HOME"); cache && fs::path(*cache).is_absolute()) {
    return UploadJournal(fs::path(*cache) / "ocimux/uploads");
  }
  const auto home = environment("HOME");
  if (!home || !fs::path(*home).is_absolute()) return std::nullopt;
  return UploadJournal(fs::path(*home) / ".cache/ocimux/uploads");
}

std::optional<UploadRecord> UploadJournal::open(const std::string& upload) const {
  try {
    make_directories(directory_);
  } catch (const Error&) {  // a home that cannot be written to is no reason not to push
    return std::nullopt;
  }
  remove_old();
  const fs::path path =
      directory_ / (std::string(Digest::of(as_bytes(upload)).encoded()) + std::string(ending));
  // Some file systems never show one file under one number twice.
  constexpr int most_attempts = 10;
  for (int attempt = 0; attempt < most_attempts; ++attempt) {
    FileDescriptor file = open_private(path);
    if (!file || !is_private(file) || !try_lock_file(file.number())) return std::nullopt;
    if (has_name(file, path)) return UploadRecord(path, std::move(file));
  }
  return std::nullopt;
}

void UploadJournal::remove_old() const noexcept {
  try {
    for (const std::string& name : names_in(directory_)) {
      const fs::path path = directory_ / name;
      struct stat status {};
      if (!is_record(name) || ::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) ||
          status.st_mtime > std::time(nullptr) - longest_kept) {
        continue;
      }
      const FileDescriptor file = open_private(path);
      if (file && try_lock_file(file.number()) && has_name(file, path)) ::unlink(path.c_str());
    }
  } catch (const Error&) {
    return;  // they will be there next time
  }
}

}  // namespace ocimux
