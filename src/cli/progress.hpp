#pragma once

#include <ocimux/base/progress.hpp>

#include "cli/run.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace ocimux::cli {

/// The Progress for a form (auto, tty, plain, json, none), writing to the console's `err`.
std::unique_ptr<Progress> make_progress(const std::string& form, bool quiet, bool verbose,
                                        Console& console);

/// What every form shares: the tasks that run, under one lock.
class TaskProgress : public Progress {
 public:
  TaskProgress(Console& console, bool notes) : console_(console), notes_(notes) {}

  Task begin(std::string_view name, std::int64_t bytes) final;
  void advance(Task task, std::int64_t bytes) final;
  void end(Task task) final;
  void note(std::string_view text) final;
  void warn(std::string_view text) final;

 protected:
  using Clock = std::chrono::steady_clock;

  struct State {
    std::string name;
    std::int64_t bytes = 0;
    std::int64_t done = 0;
  };

  // Called under the lock.
  virtual void began(Task task, const State& state) = 0;
  virtual void advanced(Task task, const State& state) = 0;
  virtual void ended(Task task, const State& state) = 0;
  /// Writes a line of text that stays: a note (or, if @p warning, a warning).
  virtual void say(std::string_view kind, std::string_view text) = 0;

  /// True once every @p interval, and the first time.
  bool due(Clock::duration interval);

  Console& console() { return console_; }
  [[nodiscard]] const std::map<Task, State>& running() const { return running_; }

 private:
  Console& console_;
  bool notes_;
  std::mutex mutex_;
  std::map<Task, State> running_;
  Task next_ = 1;
  Clock::time_point last_ = {};
};

}  // namespace ocimux::cli
