#pragma once

#include <string_view>

namespace ocimux {

/// True for a signal as STOPSIGNAL takes it: a number but 0, or a name of Linux, with or without
/// SIG, in any case.
bool is_stop_signal(std::string_view text);

}  // namespace ocimux
