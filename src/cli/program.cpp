#include "cli/interrupts.hpp"
#include "cli/run.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string_view>

namespace ocimux::cli {
namespace {

// Every input stays open while it is merged, and there may be hundreds.
void allow_many_files() {
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));  // as many as there are, then
}

// A file that is opened must not take the number of a stream that is closed, or what is meant for
// people ends in it. What stands in its place lets writing (or reading) fail as before.
void fill_standard_streams() {
  for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;  // NOLINT(*-vararg)
    const int wrong_way = number == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    static_cast<void>(::open("/dev/null", wrong_way));  // NOLINT(*-vararg)
  }
}

// Beyond a limit or the end of a pipe, writing is to fail like any other, and to be cleaned up.
void let_writing_fail() {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c)
  std::signal(SIGXFSZ, SIG_IGN);  // NOLINT(cert-err33-c)
}

bool is_set(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread runs yet
  return value != nullptr && *value != '\0';
}

// A dumb terminal shows escape sequences as they are.
bool is_terminal(int number) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): no thread runs yet
  const bool dumb = kind != nullptr && std::string_view(kind) == "dumb";
  return ::isatty(number) != 0 && !dumb;
}

}  // namespace

int run_program(int argc, char** argv) {
  fill_standard_streams();
  let_writing_fail();
  allow_many_files();
  const bool terminal = is_terminal(STDERR_FILENO);
  Console console{std::cout, std::cerr, terminal, terminal && !is_set("NO_COLOR")};
  const Interrupts interrupts;
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  int code = run(arguments, console, interrupts.token());
  std::cout.flush();
  if (!std::cout && code == console.status) {
    std::cerr << "ocimux: standard output: expected to write the result, found it closed or full\n";
    code = 1;
  }
  return code;
}

}  // namespace ocimux::cli
