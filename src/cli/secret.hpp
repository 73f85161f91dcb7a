#pragma once

#include <iosfwd>
#include <stop_token>
#include <string>

/// Text that is nobody's but the user's, read from descriptors. A stop is noticed while waiting:
/// Errc::cancelled.
namespace ocimux::cli {

/// All that comes from @p input, one line, without the end of it. Throws Errc::invalid_argument,
/// without repeating it, for several lines, for none, and for more than 64 KiB.
std::string read_password(int input, const std::stop_token& stop = {});

/// Shows @p prompt and reads one line from @p terminal. Throws Errc::invalid_argument for none.
std::string ask_line(std::ostream& err, const std::string& prompt, int terminal,
                     const std::stop_token& stop);

/// The same without showing what is typed. However it ends, the terminal is as it was before.
std::string ask_password(std::ostream& err, const std::string& prompt, int terminal,
                         const std::stop_token& stop);

}  // namespace ocimux::cli
