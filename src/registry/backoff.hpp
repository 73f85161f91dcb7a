#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

namespace ocimux {

/// How long to wait before the next attempt.
struct Backoff {
  std::chrono::milliseconds first{500};  ///< doubled with every attempt, up to:
  std::chrono::milliseconds longest{30'000};
  /// What a server may ask for at most; Docker Hub asks for a minute.
  std::chrono::milliseconds longest_asked{120'000};

  /// Before attempt @p attempt (1: the first repetition). @p random, from 0 to below 1, spreads
  /// clients that failed together over the second half of the time. What the server @p asked for
  /// is the least.
  [[nodiscard]] std::chrono::milliseconds delay(
      int attempt, double random, std::optional<std::chrono::seconds> asked = {}) const;
};

/// What a Retry-After says: seconds, or a date (RFC 9110, 10.2.3), seen from @p now (seconds since
/// 1970). Nothing for what is neither.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view text, std::int64_t now);

/// Waits between attempts; a value, so that tests need not wait.
using Wait = std::function<void(std::chrono::milliseconds, const std::stop_token&)>;

/// From 0 to below 1. Times depend on it, bytes never.
double random_fraction();

}  // namespace ocimux
