#include "cli/interrupts.hpp"
#include "cli/run.hpp"

#include <sys/resource.h>
#include <unistd.h>

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

bool is_set(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): no thread runs yet
  return value != nullptr && *value != '\0';
}

bool wants_colors(bool terminal) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): no thread runs yet
  const bool dumb = kind != nullptr && std::string_view(kind) == "dumb";
  return terminal && !dumb && !is_set("NO_COLOR");
}

}  // namespace

int run_program(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): a closed pipe is an error of writing
  allow_many_files();
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  Console console{std::cout, std::cerr, terminal, wants_colors(terminal)};
  const Interrupts interrupts;
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  int code = run(arguments, console, interrupts.token());
  std::cout.flush();
  if (!std::cout && code == 0) {
    std::cerr << "ocimux: standard output: expected to write the result, found it closed or full\n";
    code = 1;
  }
  return code;
}

}  // namespace ocimux::cli
