#include "io/file.hpp"

#include <ocimux/base/error.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace ocimux {
namespace {

// Often enough that the disk is kept busy, seldom enough that the calls do not count.
constexpr std::int64_t write_back_step = 8 << 20;

int open_retrying(const std::filesystem::path& path, int flags, mode_t mode = 0) {
  for (;;) {
    const int number = ::open(path.c_str(), flags | O_CLOEXEC, mode);  // NOLINT(*-vararg)
    if (number >= 0 || errno != EINTR) return number;
  }
}

Error writing_failed(int error_number, const std::string& name) {
  auto error = Error::from_errno(error_number, "writing " + name);
  if (error_number == ENOSPC || error_number == EDQUOT) {
    return Error(Errc::io, error.what(), "free some space there, or write to another disk");
  }
  return error;
}

File open_directory(const std::filesystem::path& directory) {
  const auto path = directory.empty() ? std::filesystem::path(".") : directory;
  FileDescriptor number(open_retrying(path, O_RDONLY | O_DIRECTORY));
  if (!number) throw Error::from_errno(errno, "opening " + path.string());
  return {std::move(number), path.string()};
}

/// A part of a file.
class FileRangeSource final : public Source {
 public:
  FileRangeSource(std::shared_ptr<const File> file, std::int64_t offset, std::int64_t size)
      : file_(std::move(file)), offset_(offset), left_(size) {}

  std::size_t read(std::span<std::byte> into) override {
    const auto want = static_cast<std::size_t>(
        std::min<std::int64_t>(left_, static_cast<std::int64_t>(into.size())));
    if (want == 0) return 0;
    const std::size_t count = file_->read_at(into.first(want), offset_);
    if (count == 0) {
      throw Error(Errc::corrupt, file_->name() + ": expected " + std::to_string(left_) +
                                     " more bytes at offset " + std::to_string(offset_) +
                                     ", found the end of the file");
    }
    offset_ += static_cast<std::int64_t>(count);
    left_ -= static_cast<std::int64_t>(count);
    return count;
  }

 private:
  std::shared_ptr<const File> file_;
  std::int64_t offset_;
  std::int64_t left_;
};

}  // namespace

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : number_(std::exchange(other.number_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = std::exchange(other.number_, -1);
  }
  return *this;
}

void FileDescriptor::close() noexcept {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

File File::open(const std::filesystem::path& path) {
  const int number = open_retrying(path, O_RDONLY);
  if (number < 0) throw Error::from_errno(errno, "opening " + path.string());
  return {FileDescriptor(number), path.string()};
}

File File::open_regular(const std::filesystem::path& path) {
  // O_NONBLOCK keeps a named pipe from blocking the open; it means nothing for regular files.
  const int number = open_retrying(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const int reason = errno;
  if (number < 0 && reason == ELOOP) {
    throw Error(Errc::corrupt, path.string() + ": expected a regular file, found a symbolic link");
  }
  if (number < 0) throw Error::from_errno(reason, "opening " + path.string());
  File file{FileDescriptor(number), path.string()};
  if (!S_ISREG(file.status().st_mode)) {
    throw Error(Errc::corrupt, path.string() + ": expected a regular file, found something else");
  }
  return file;
}

File File::create(const std::filesystem::path& path) {
  const int number = open_retrying(path, O_RDWR | O_CREAT | O_EXCL, 0666);
  if (number < 0) throw writing_failed(errno, path.string());
  return {FileDescriptor(number), path.string()};
}

File File::unnamed(const std::filesystem::path& directory) {
  const std::string name = "a temporary file in " + directory.string();
  int number = open_retrying(directory, O_TMPFILE | O_RDWR, 0600);
  if (number < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL)) {
    // Some network file systems know no unnamed files: make one, and take its name away.
    static std::atomic<unsigned> serial = 0;
    const auto path = directory / (".ocimux-spool-" + std::to_string(::getpid()) + "-" +
                                   std::to_string(serial.fetch_add(1)));
    number = open_retrying(path, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (number >= 0) ::unlink(path.c_str());
  }
  if (number < 0) throw writing_failed(errno, name);
  return {FileDescriptor(number), name};
}

struct stat File::status() const {
  struct stat status {};
  if (::fstat(descriptor(), &status) != 0) throw Error::from_errno(errno, "examining " + name_);
  return status;
}

std::size_t File::read_at(std::span<std::byte> into, std::int64_t offset) const {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count = ::pread(descriptor(), into.data() + done, into.size() - done,
                                  offset + static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw Error::from_errno(errno, "reading " + name_);
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

std::size_t File::read_next(std::span<std::byte> into) const {
  for (;;) {
    const ssize_t count = ::read(descriptor(), into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) throw Error::from_errno(errno, "reading " + name_);
  }
}

void File::write(Bytes bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw writing_failed(errno, name_);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

void File::close() {
  const int number = descriptor_.release();
  // After EINTR it is closed, too.
  if (number >= 0 && ::close(number) != 0 && errno != EINTR) throw writing_failed(errno, name_);
}

void File::sync() const {
  // EINVAL and EROFS: the file is of a kind that cannot be synced (a pipe, /dev/null).
  if (::fsync(descriptor()) != 0 && errno != EINVAL && errno != EROFS) {
    throw writing_failed(errno, name_);
  }
}

void File::write_back(std::int64_t offset, std::int64_t size) const {
  static_cast<void>(::sync_file_range(descriptor(), offset, size, SYNC_FILE_RANGE_WRITE));
}

void FileSink::write(Bytes bytes) {
  file_.write(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  if (durability_ == Durability::kill || size_ - written_back_ < write_back_step) return;
  file_.write_back(written_back_, size_ - written_back_);
  written_back_ = size_;
}

void FileSink::finish() {
  if (durability_ == Durability::power_loss) file_.write_back(written_back_, size_ - written_back_);
}

Body file_body(std::shared_ptr<const File> file, std::int64_t offset, std::int64_t size) {
  return {[file = std::move(file), offset, size] {
            return std::make_unique<FileRangeSource>(file, offset, size);
          },
          size};
}

void sync_file_system(const std::filesystem::path& directory) {
  const File file = open_directory(directory);
  if (::syncfs(file.descriptor()) != 0) throw writing_failed(errno, "to " + file.name());
}

void sync_directory(const std::filesystem::path& directory) { open_directory(directory).sync(); }

std::filesystem::path spool_directory() {
  const char* chosen = std::getenv("TMPDIR");  // NOLINT(concurrency-mt-unsafe): read only
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return "/var/tmp";
}

}  // namespace ocimux
