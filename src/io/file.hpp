#pragma once

#include <ocimux/io/stream.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace ocimux {

/// What content outlives: the end of this process, or also a loss of power (which takes syncing).
enum class Durability { kill, power_loss };

/// Owns a file descriptor.
class FileDescriptor final {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  void close() noexcept;
  /// Gives the descriptor up without closing it.
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// An open file with the name it goes by in messages. Positional reads may run at once.
class File final {
 public:
  File(FileDescriptor descriptor, std::string name)
      : descriptor_(std::move(descriptor)), name_(std::move(name)) {}

  /// Opens @p path for reading.
  static File open(const std::filesystem::path& path);
  /// Opens @p path for reading unless its last component is a link or it is no regular file
  /// (Errc::corrupt): a blob that is a link could hand out any file of the machine.
  static File open_regular(const std::filesystem::path& path);
  /// Makes @p path, which must not exist yet, for writing, with mode 0666 under the umask.
  static File create(const std::filesystem::path& path);
  /// A file without a name in the directory @p directory, gone when it is closed.
  static File unnamed(const std::filesystem::path& directory);

  [[nodiscard]] int descriptor() const { return descriptor_.number(); }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] struct stat status() const;
  [[nodiscard]] std::int64_t size() const { return status().st_size; }

  /// Fills @p into from @p offset on; fewer bytes only where the file ends.
  [[nodiscard]] std::size_t read_at(std::span<std::byte> into, std::int64_t offset) const;
  /// Reads on from the file's own position, for what cannot be read by position (a pipe).
  [[nodiscard]] std::size_t read_next(std::span<std::byte> into) const;
  void write(Bytes bytes) const;
  /// Closes it, and throws what the file system tells only then (network file systems, quotas).
  void close();
  /// Returns once the content would survive a loss of power.
  void sync() const;
  /// Has the system begin to write these bytes to the disk. A hint: it may do nothing.
  void write_back(std::int64_t offset, std::int64_t size) const;

 private:
  FileDescriptor descriptor_;
  std::string name_;
};

/// Appends to a file it does not own. With Durability::power_loss the system is asked to write
/// back to the disk what was written so far, every now and then and at the end: a later sync() has
/// little left to wait for. (It is not called here.)
class FileSink final : public Sink {
 public:
  explicit FileSink(const File& file, Durability durability = Durability::kill)
      : file_(file), durability_(durability) {}
  void write(Bytes bytes) override;
  void finish() override;

 private:
  const File& file_;
  Durability durability_;
  std::int64_t size_ = 0;
  std::int64_t written_back_ = 0;  // up to this offset
};

/// The bytes from @p offset on, @p size of them. Reading throws Errc::corrupt where the file
/// turns out shorter.
Body file_body(std::shared_ptr<const File> file, std::int64_t offset, std::int64_t size);

/// Returns once everything that was written to the file system of @p directory, by whomever, would
/// survive a loss of power: for many files, far faster than syncing each.
void sync_file_system(const std::filesystem::path& directory);

/// Makes everything that happened to the names in @p directory survive a loss of power.
void sync_directory(const std::filesystem::path& directory);

/// The directory for files that need not be where the output is: TMPDIR, else /var/tmp
/// (/tmp is often memory, and what is spooled may be large).
std::filesystem::path spool_directory();

}  // namespace ocimux
