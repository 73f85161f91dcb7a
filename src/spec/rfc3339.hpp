#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocimux {

/// True for a time as RFC 3339 (5.6) writes it, with `T` and `Z` in capitals, as Go reads it; leap
/// seconds are none to Go.
bool is_rfc3339(std::string_view text);

/// @p seconds since 1970 in UTC: `2026-11-20T21:00:00Z`. Throws Errc::corrupt where the year has
/// not four digits.
std::string rfc3339(std::int64_t seconds);

}  // namespace ocimux
