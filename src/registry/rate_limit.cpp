#include "registry/rate_limit.hpp"

#include <algorithm>

// Each piece that is moved takes its time from a common line; who took a part of it waits until
// that part begins to be over. So nobody needs to know of the others, and none is starved.

namespace ocimux {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds burst{100};
constexpr milliseconds longest_wait{1000};
constexpr std::int64_t pieces_a_second = 50;

}  // namespace

RateLimit::RateLimit(std::int64_t rate, Clock clock, Wait wait)
    : rate_(rate), clock_(std::move(clock)), wait_(std::move(wait)), free_(clock_()) {}

std::size_t RateLimit::piece(std::size_t wanted) const {
  const auto most = static_cast<std::size_t>(std::max<std::int64_t>(rate_ / pieces_a_second, 1));
  return std::min(wanted, most);
}

RateLimit::Time RateLimit::reserve(std::size_t bytes) {
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(rate_));
  const std::lock_guard lock(mutex_);
  free_ = std::max(free_, clock_() - burst) + duration_cast<Time::duration>(cost);
  return free_;
}

void RateLimit::spend(std::size_t bytes, const std::stop_token& stop) {
  const Time until = reserve(bytes);
  for (Time now = clock_(); now < until; now = clock_()) {
    const auto left = std::chrono::ceil<milliseconds>(until - now);
    wait_(std::min(left, longest_wait), stop);
  }
}

std::shared_ptr<RateLimit> make_rate_limit(std::int64_t rate) {
  return rate > 0 ? std::make_shared<RateLimit>(rate) : nullptr;
}

}  // namespace ocimux
