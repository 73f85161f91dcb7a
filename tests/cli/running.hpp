#pragma once

#include "cli/run.hpp"

#include <sstream>
#include <string>
#include <vector>

namespace ocimux::test {

struct Ran {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs a command line in this process.
inline Ran run_cli(const std::vector<std::string>& arguments, bool terminal = false,
                   const std::stop_token& stop = {}) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Console console{out, err, terminal, terminal};
  const int code = cli::run(arguments, console, stop);
  return {code, out.str(), err.str()};
}

}  // namespace ocimux::test
