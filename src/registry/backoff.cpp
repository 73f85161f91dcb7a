#include "registry/backoff.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <string>

namespace ocimux {

using std::chrono::milliseconds;
using std::chrono::seconds;

milliseconds Backoff::delay(int attempt, double random, std::optional<seconds> asked) const {
  const int doublings = std::clamp(attempt - 1, 0, 20);
  const milliseconds whole = std::min(first * (std::int64_t{1} << doublings), longest);
  const milliseconds half = whole / 2;
  const milliseconds spread =
      half + milliseconds(static_cast<std::int64_t>(static_cast<double>(half.count()) * random));
  if (!asked) return spread;
  const seconds most = std::chrono::duration_cast<seconds>(longest_asked);
  return std::max(spread, milliseconds(std::clamp(*asked, seconds(0), most)));
}

std::optional<seconds> parse_retry_after(std::string_view text, std::int64_t now) {
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    constexpr std::int64_t year = 31'536'000;
    return seconds(failure == std::errc() ? std::min(count, year) : year);
  }
  const std::int64_t date = curl_getdate(std::string(text).c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return seconds(std::max<std::int64_t>(date - now, 0));
}

double random_fraction() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(engine);
}

}  // namespace ocimux
