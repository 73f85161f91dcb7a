#include "cli/progress.hpp"

#include "cli/progress_forms.hpp"

namespace ocimux::cli {

Progress::Task TaskProgress::begin(std::string_view name, std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  const Task task = next_++;
  const auto [running, fresh] = running_.emplace(task, State{std::string(name), bytes, 0});
  began(task, running->second);
  return task;
}

void TaskProgress::advance(Task task, std::int64_t bytes) {
  const std::lock_guard lock(mutex_);
  const auto running = running_.find(task);
  if (running == running_.end()) return;
  running->second.done += bytes;
  advanced(task, running->second);
}

void TaskProgress::end(Task task) {
  const std::lock_guard lock(mutex_);
  const auto running = running_.find(task);
  if (running == running_.end()) return;
  const State state = running->second;
  running_.erase(running);
  ended(task, state);
}

void TaskProgress::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (notes_) say("note", text);
}

void TaskProgress::warn(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (notes_) say("warning", text);
}

bool TaskProgress::due(Clock::duration interval) {
  const auto now = Clock::now();
  if (last_ != Clock::time_point{} && now - last_ < interval) return false;
  last_ = now;
  return true;
}

std::unique_ptr<Progress> make_progress(const std::string& form, bool quiet, bool verbose,
                                        Console& console) {
  const std::string chosen = form == "auto" ? console.err_is_terminal ? "tty" : "plain" : form;
  if (quiet) return std::make_unique<NoProgress>(console, false);
  if (chosen == "none") return std::make_unique<NoProgress>(console, true);
  if (chosen == "json") return std::make_unique<JsonProgress>(console, true);
  if (chosen == "tty" && !verbose) return std::make_unique<TerminalProgress>(console, true);
  return std::make_unique<PlainProgress>(console, verbose);
}

}  // namespace ocimux::cli
