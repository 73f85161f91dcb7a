#pragma once

#include <ocimux/base/error.hpp>

#include "cli/run.hpp"

namespace ocimux::cli {

inline constexpr int exit_failed = 1;
inline constexpr int exit_usage = 2;

/// The exit code a script sees for @p code.
int exit_code(Errc code);

/// Writes `ocimux: what`, and `hint: …` where there is one.
void print_error(Console& console, const Error& error);

}  // namespace ocimux::cli
