#pragma once

#include <ocimux/base/progress.hpp>

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace ocimux::test {

/// A directory of a test's own, gone with this object.
class TemporaryDirectory final {
 public:
  TemporaryDirectory();
  explicit TemporaryDirectory(const std::filesystem::path& parent);
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

void write_file(const std::filesystem::path& path, const std::string& content);
std::string read_file(const std::filesystem::path& path);

/// Relative name to content of every file below @p directory, hidden ones included; directories
/// as names with a slash behind. Two equal answers are two equal trees.
std::map<std::string, std::string> tree(const std::filesystem::path& directory);

/// @p bytes through a compressor of the system: `gzip`, `zstd`, `xz` or `bzip2`.
std::string compressed_by(const std::string& program, const std::string& bytes);

/// @p bytes through the standard input and output of @p command, as in `gzip -d`.
std::string filtered_by(const std::string& command, const std::string& bytes);

/// Bytes that do not compress, the same for the same seed.
std::string random_bytes(std::size_t size, unsigned seed);

/// Keeps the notes and warnings it is told.
class RecordingProgress final : public Progress {
 public:
  Task begin(std::string_view name, std::int64_t bytes) override;
  void advance(Task task, std::int64_t bytes) override;
  void end(Task task) override;
  void note(std::string_view text) override;
  void warn(std::string_view text) override;

  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::mutex mutex_;
  std::vector<std::string> notes_;
  std::vector<std::string> warnings_;
};

}  // namespace ocimux::test
