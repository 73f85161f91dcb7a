#pragma once

#include "base/parallel.hpp"
#include "registry/backoff.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace ocimux {

/// A number of bytes a second that many share. May be used by several threads at once.
class RateLimit final {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  /// @p rate is above 0.
  explicit RateLimit(std::int64_t rate, Clock clock = std::chrono::steady_clock::now,
                     Wait wait = wait_for);

  /// How many of @p wanted bytes to move at a time: about 20 ms' worth, at least one.
  [[nodiscard]] std::size_t piece(std::size_t wanted) const;

  /// Notes that @p bytes were moved, and returns once the next ones may be. What was not used for a
  /// while is lost, but for a tenth of a second's worth. Waits a second at a time at most, so that
  /// a stop and timeouts are noticed; throws Errc::cancelled once @p stop is asked.
  void spend(std::size_t bytes, const std::stop_token& stop);

 private:
  using Time = std::chrono::steady_clock::time_point;
  Time reserve(std::size_t bytes);

  std::int64_t rate_;
  Clock clock_;
  Wait wait_;
  std::mutex mutex_;
  Time free_;  // when all that was spent is paid for
};

/// The limit for that many bytes a second; null for 0, which is none.
std::shared_ptr<RateLimit> make_rate_limit(std::int64_t rate);

}  // namespace ocimux
