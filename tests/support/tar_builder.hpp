#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ocimux::test {

/// Builds a tar archive in memory with libarchive's writer (not ours).
class TarBuilder final {
 public:
  /// @p format: `ustar`, `gnutar` or `pax`.
  explicit TarBuilder(std::string format = "pax") : format_(std::move(format)) {}

  struct Entry {
    std::string path;
    char type = '0';  ///< as in a tar header: 0 file, 1 hard link, 2 symlink, 3 4 devices, 5 dir, 6
    std::string content = {};
    std::string link = {};
    unsigned mode = 0644;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::int64_t mtime = 1'700'000'000;
    long mtime_nanoseconds = 0;
    int major = 0;
    int minor = 0;
    std::map<std::string, std::string> xattrs = {};
    bool sparse = false;  ///< a hole of 1 MiB in front of the content
  };

  TarBuilder& add(Entry entry);
  TarBuilder& file(const std::string& path, const std::string& content);
  TarBuilder& directory(const std::string& path);
  TarBuilder& symlink(const std::string& path, const std::string& target);
  TarBuilder& hard_link(const std::string& path, const std::string& target);

  [[nodiscard]] std::string bytes() const;
  /// Writes bytes() to @p path and answers it.
  [[nodiscard]] std::string write(const std::filesystem::path& path) const;

 private:
  std::string format_;
  std::vector<Entry> entries_;
};

/// The names in a tar, as libarchive reads them; directories without the slash behind.
std::vector<std::string> names_in_tar(const std::string& bytes);
/// Name to content of the regular files in a tar.
std::map<std::string, std::string> files_in_tar(const std::string& bytes);

}  // namespace ocimux::test
