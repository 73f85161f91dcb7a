#pragma once

#include "cli/progress.hpp"

#include <cstddef>

namespace ocimux::cli {

/// Notes and warnings alone.
class NoProgress : public TaskProgress {
 public:
  using TaskProgress::TaskProgress;

 protected:
  void began(Task /*task*/, const State& /*state*/) override {}
  void advanced(Task /*task*/, const State& /*state*/) override {}
  void ended(Task /*task*/, const State& /*state*/) override {}
  void say(std::string_view kind, std::string_view text) override;
};

/// A line every few seconds, for logs; with @p verbose also one as a task begins and ends.
class PlainProgress final : public NoProgress {
 public:
  PlainProgress(Console& console, bool verbose) : NoProgress(console, true), verbose_(verbose) {}

 protected:
  void began(Task task, const State& state) override;
  void advanced(Task task, const State& state) override;
  void ended(Task task, const State& state) override;

 private:
  bool verbose_;
};

/// One JSON object a line: events begin, advance, end, note and warning (docs/json.md).
class JsonProgress final : public TaskProgress {
 public:
  using TaskProgress::TaskProgress;

 protected:
  void began(Task task, const State& state) override;
  void advanced(Task task, const State& state) override;
  void ended(Task task, const State& state) override;
  void say(std::string_view kind, std::string_view text) override;

 private:
  void line(const char* event, Task task, const State& state);
};

/// Bars on a terminal, drawn over each other; notes stay above them.
class TerminalProgress final : public NoProgress {
 public:
  using NoProgress::NoProgress;
  ~TerminalProgress() override;

 protected:
  void began(Task task, const State& state) override;
  void advanced(Task task, const State& state) override;
  void ended(Task task, const State& state) override;
  void say(std::string_view kind, std::string_view text) override;

 private:
  void draw();
  void clear();

  std::size_t drawn_ = 0;  // lines on the screen that are ours
};

}  // namespace ocimux::cli
