#pragma once

#include <cstdint>
#include <string_view>

namespace ocimux {

/// How a job tells of its progress. The library itself prints nothing.
///
/// Every member may be called from several threads at once.
class Progress {
 public:
  using Task = std::uint64_t;

  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  /// A piece of work of @p bytes bytes begins; the answer names it in later calls.
  virtual Task begin(std::string_view name, std::int64_t bytes) = 0;
  /// @p bytes more of @p task are done.
  virtual void advance(Task task, std::int64_t bytes) = 0;
  /// @p task is over, finished or not.
  virtual void end(Task task) = 0;

  /// Something worth knowing that needs no action.
  virtual void note(std::string_view text) = 0;
  /// Something that is probably not what the user meant.
  virtual void warn(std::string_view text) = 0;
};

/// A Progress that tells nobody.
Progress& silent_progress();

/// One task, begun here and ended with this object's life.
class ProgressTask final {
 public:
  ProgressTask(Progress& progress, std::string_view name, std::int64_t bytes)
      : progress_(progress), task_(progress.begin(name, bytes)) {}
  ProgressTask(const ProgressTask&) = delete;
  ProgressTask& operator=(const ProgressTask&) = delete;
  ~ProgressTask() { progress_.end(task_); }

  void advance(std::int64_t bytes) { progress_.advance(task_, bytes); }

 private:
  Progress& progress_;
  Progress::Task task_;
};

}  // namespace ocimux
