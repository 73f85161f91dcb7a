#include "cli/secret.hpp"

#include <ocimux/base/error.hpp>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr std::size_t longest = std::size_t{64} * 1024;

/// No echo while it lives, and no key that would end or stop the program without bringing it back.
/// (The one that interrupts does so in order.)
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal, &before_) != 0) throw Error::from_errno(errno, "the terminal");
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    for (const int key : {VQUIT, VSUSP}) silent.c_cc[key] = _POSIX_VDISABLE;
    if (::tcsetattr(terminal, TCSAFLUSH, &silent) != 0) {
      throw Error::from_errno(errno, "the terminal");
    }
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() { ::tcsetattr(terminal_, TCSADRAIN, &before_); }

 private:
  int terminal_;
  termios before_{};
};

// 0 at the end.
std::size_t read_some(int input, std::array<char, 4096>& buffer, const std::stop_token& stop) {
  constexpr int tick = 50;  // milliseconds; a stop is noticed that soon
  for (;;) {
    if (stop.stop_requested()) throw Error(Errc::cancelled, "interrupted");
    pollfd waiting{input, POLLIN, 0};
    if (::poll(&waiting, 1, tick) <= 0) continue;
    const ssize_t count = ::read(input, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) throw Error::from_errno(errno, "standard input");
  }
}

std::string without_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  return text;
}

std::string read_line(int terminal, const std::stop_token& stop) {
  std::array<char, 4096> buffer{};
  std::string line;
  while (!line.ends_with('\n') && line.size() < longest) {
    const std::size_t count = read_some(terminal, buffer, stop);
    if (count == 0) break;
    line.append(buffer.data(), count);
  }
  return without_line_end(std::move(line));
}

}  // namespace

std::string read_password(int input, const std::stop_token& stop) {
  std::array<char, 4096> buffer{};
  std::string text;
  while (const std::size_t count = read_some(input, buffer, stop)) {
    text.append(buffer.data(), count);
    if (text.size() > longest) break;
  }
  text = without_line_end(std::move(text));
  const bool one_line = text.find_first_of("\r\n") == std::string::npos;
  if (text.empty() || text.size() > longest || !one_line) {
    throw Error(Errc::invalid_argument,
                "--password-stdin: expected a password on one line, found " +
                    std::string(text.empty() ? "none" : "more"));
  }
  return text;
}

std::string ask_line(std::ostream& err, const std::string& prompt, int terminal,
                     const std::stop_token& stop) {
  err << prompt << std::flush;
  std::string line = read_line(terminal, stop);
  if (line.empty()) throw Error(Errc::invalid_argument, prompt + "expected one, found none");
  return line;
}

std::string ask_password(std::ostream& err, const std::string& prompt, int terminal,
                         const std::stop_token& stop) {
  const Silence silence(terminal);
  return ask_line(err, prompt, terminal, stop);
}

}  // namespace ocimux::cli
