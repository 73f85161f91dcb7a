#include "cli/progress_forms.hpp"

#include "cli/common.hpp"
#include "cli/text.hpp"
#include "spec/json.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <ostream>

namespace ocimux::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto plain_interval = 3s;
constexpr auto json_interval = 500ms;
constexpr auto terminal_interval = 100ms;
constexpr std::size_t most_bars = 8;
constexpr std::size_t bar_width = 24;

int percent(std::int64_t done, std::int64_t bytes) {
  if (bytes <= 0) return 100;
  constexpr std::int64_t whole = 100;
  return static_cast<int>(std::clamp<std::int64_t>(done * whole / bytes, 0, whole));
}

std::size_t terminal_width() {
  constexpr std::size_t usual = 80;
  struct winsize size {};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;  // NOLINT
  return known ? size.ws_col : usual;
}

}  // namespace

void NoProgress::say(std::string_view kind, std::string_view text) {
  const bool colored = console().colors && kind == "warning";
  console().err << "ocimux: " << (colored ? "\x1b[33m" : "") << kind << ": "
                << (colored ? "\x1b[0m" : "") << printable(text) << '\n'
                << std::flush;
}

void PlainProgress::began(Task /*task*/, const State& state) {
  static_cast<void>(due(plain_interval));  // the first line comes after the first interval
  if (verbose_)
    console().err << printable(state.name) << ": " << human_bytes(state.bytes) << '\n'
                  << std::flush;
}

void PlainProgress::advanced(Task /*task*/, const State& state) {
  if (!due(plain_interval)) return;
  console().err << printable(state.name) << ": " << percent(state.done, state.bytes) << " % of "
                << human_bytes(state.bytes) << '\n'
                << std::flush;
}

void PlainProgress::ended(Task /*task*/, const State& state) {
  if (verbose_) console().err << printable(state.name) << ": done\n" << std::flush;
}

void JsonProgress::line(const char* event, Task task, const State& state) {
  Json json = Json::object();
  json.set("event", event);
  json.set("task", static_cast<std::int64_t>(task));
  json.set("name", valid_utf8(state.name));
  json.set("bytes", state.bytes);
  json.set("done", state.done);
  console().err << json.dump() << '\n' << std::flush;
}

void JsonProgress::began(Task task, const State& state) { line("begin", task, state); }

void JsonProgress::advanced(Task task, const State& state) {
  if (due(json_interval)) line("advance", task, state);
}

void JsonProgress::ended(Task task, const State& state) { line("end", task, state); }

void JsonProgress::say(std::string_view kind, std::string_view text) {
  Json json = Json::object();
  json.set("event", kind);
  json.set("text", valid_utf8(text));
  console().err << json.dump() << '\n' << std::flush;
}

TerminalProgress::~TerminalProgress() { clear(); }

void TerminalProgress::began(Task /*task*/, const State& /*state*/) {
  if (due(terminal_interval)) draw();
}

void TerminalProgress::advanced(Task /*task*/, const State& /*state*/) {
  if (due(terminal_interval)) draw();
}

void TerminalProgress::ended(Task /*task*/, const State& /*state*/) {
  if (running().empty()) clear();
}

void TerminalProgress::say(std::string_view kind, std::string_view text) {
  clear();
  NoProgress::say(kind, text);
}

void TerminalProgress::clear() {
  for (; drawn_ > 0; --drawn_) console().err << "\x1b[1A\x1b[2K";
  console().err << '\r' << std::flush;
}

void TerminalProgress::draw() {
  clear();
  const std::size_t width = terminal_width();
  for (const auto& [task, state] : running()) {
    if (drawn_ == most_bars) break;
    const int done = percent(state.done, state.bytes);
    const std::size_t filled = bar_width * static_cast<std::size_t>(done) / 100;
    std::string line = "[" + std::string(filled, '#') + std::string(bar_width - filled, '.') +
                       "] " + std::to_string(done) + " % of " + human_bytes(state.bytes) + "  " +
                       printable(state.name);
    console().err << line.substr(0, width - 1) << '\n';
    ++drawn_;
  }
  console().err << std::flush;
}

}  // namespace ocimux::cli
