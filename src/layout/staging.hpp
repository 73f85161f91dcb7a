#pragma once

#include <ocimux/base/progress.hpp>

#include "io/file.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What stands between the prefix and the random end of a staging directory's name.
inline constexpr std::string_view staging_mark = ".ocimux-";

/// A directory for a piece of work in progress. It goes with this object; when the process is
/// killed, the next Staging for the same place takes it away.
///
/// Its name tells the place, a lock on it tells that its owner lives: whoever gets the lock of a
/// staging directory that is not his own has found a dead one.
class Staging final {
 public:
  /// Makes `<parent>/<prefix>.ocimux-<random>`, after removing dead ones of that prefix.
  Staging(const std::filesystem::path& parent, const std::string& prefix);
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// What is in it became something else (by a rename): nothing is removed, nothing stays locked.
  void release();

 private:
  bool take();

  std::filesystem::path path_;
  FileDescriptor lock_;
};

/// The staging directories in @p parent whose owners live, whatever place they are for; those that
/// this user may not look into count as such.
std::vector<std::filesystem::path> live_stagings(const std::filesystem::path& parent);
/// Removes those of that prefix whose owners died, and answers how many. Blobs that one of them had
/// moved out of the layout @p parent go back (see Trash).
std::size_t remove_dead_stagings(const std::filesystem::path& parent, const std::string& prefix);

/// Makes the directories that a new file or directory needs above it. Those that are still empty
/// when this object goes, go with it: a job that failed leaves no trace.
class ParentDirectories final {
 public:
  explicit ParentDirectories(const std::filesystem::path& of);
  ParentDirectories(const ParentDirectories&) = delete;
  ParentDirectories& operator=(const ParentDirectories&) = delete;
  ~ParentDirectories();

 private:
  void remove_empty() noexcept;

  std::vector<std::filesystem::path> made_;  // outermost first
};

/// The directory @p path is in; `.` for a bare name.
std::filesystem::path parent_of(const std::filesystem::path& path);

/// Makes the name of what is at @p path survive a loss of power, unless the directory it is in may
/// not be read.
void sync_name(const std::filesystem::path& path);

/// Makes the directories that lead to @p path, as far as it names them, survive a loss of power:
/// a job that was killed may have made them and not come to that.
void sync_directories_above(const std::filesystem::path& path);

/// An exclusive lock on a directory among processes, for the object's life. Waits for it; throws
/// Errc::cancelled once @p stop is asked.
FileDescriptor lock_directory(const std::filesystem::path& path, const std::stop_token& stop,
                              Progress& progress = silent_progress());

}  // namespace ocimux
