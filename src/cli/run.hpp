#pragma once

#include <iosfwd>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux::cli {

/// Where a run writes, and what it is told about that.
struct Console {
  std::ostream& out;  ///< results
  std::ostream& err;  ///< people's text
  bool err_is_terminal = false;
  bool colors = false;
  /// The exit code of a command that did its work: 1 where what it found is what scripts ask for.
  int status = 0;
};

/// Runs one command line (without the program's name) and answers its exit code:
/// 0 done, 1 failed, 2 usage, 3 content is wrong, 4 not found, 5 denied, 130 interrupted.
int run(const std::vector<std::string>& arguments, Console& console,
        const std::stop_token& stop = {});

/// The whole program: signals, streams, and run().
int run_program(int argc, char** argv);

}  // namespace ocimux::cli
