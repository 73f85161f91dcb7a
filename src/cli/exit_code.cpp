#include "cli/exit_code.hpp"

#include "cli/text.hpp"

#include <ostream>

namespace ocimux::cli {

int exit_code(Errc code) {
  switch (code) {
    case Errc::invalid_argument: return exit_usage;
    case Errc::corrupt:
    case Errc::unsupported:
    case Errc::conflict: return 3;
    case Errc::not_found: return 4;
    case Errc::denied: return 5;
    case Errc::cancelled: return 130;
    case Errc::already_exists:
    case Errc::io:
    case Errc::network: break;
  }
  return exit_failed;
}

void print_error(Console& console, const Error& error) {
  const char* red = console.colors ? "\x1b[31m" : "";
  const char* plain = console.colors ? "\x1b[0m" : "";
  console.err << red << "ocimux: " << plain << printable(error.what()) << '\n';
  if (!error.hint().empty()) console.err << "hint: " << printable(error.hint()) << '\n';
  console.err.flush();
}

}  // namespace ocimux::cli
