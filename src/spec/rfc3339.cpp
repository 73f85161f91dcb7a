#include "spec/rfc3339.hpp"

#include <ocimux/base/error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <optional>

namespace ocimux {
namespace {

std::optional<unsigned> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  unsigned number = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(count);
  return number;
}

/// Takes two digits up to @p most and @p behind off the front.
bool take_part(std::string_view& text, unsigned most, std::string_view behind) {
  const auto number = take_digits(text, 2);
  if (!number || *number > most || !text.starts_with(behind)) return false;
  text.remove_prefix(behind.size());
  return true;
}

bool take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto month = take_digits(text, 2);
  if (!month || !text.starts_with('-')) return false;
  text.remove_prefix(1);
  const auto day = take_digits(text, 2);
  if (!day || !text.starts_with('T')) return false;
  text.remove_prefix(1);
  return std::chrono::year_month_day(std::chrono::year(static_cast<int>(*year)),
                                     std::chrono::month(*month), std::chrono::day(*day))
      .ok();
}

}  // namespace

bool is_rfc3339(std::string_view text) {
  if (!take_date(text) || !take_part(text, 23, ":") || !take_part(text, 59, ":") ||
      !take_part(text, 59, "")) {
    return false;
  }
  if (text.starts_with('.')) {
    const std::size_t end = text.find_first_not_of("0123456789", 1);
    if (end == 1 || end == std::string_view::npos) return false;
    text.remove_prefix(end);
  }
  if (text == "Z") return true;
  if (!text.starts_with('+') && !text.starts_with('-')) return false;
  text.remove_prefix(1);
  return take_part(text, 23, ":") && take_part(text, 59, "") && text.empty();
}

std::string rfc3339(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm utc{};
  std::array<char, 40> text{};
  // RFC 3339 writes years with four digits; std::tm counts them from 1900.
  constexpr int first_year = 1000 - 1900;
  constexpr int last_year = 9999 - 1900;
  if (::gmtime_r(&time, &utc) == nullptr || utc.tm_year < first_year || utc.tm_year > last_year ||
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0) {
    throw Error(Errc::corrupt, "expected a time in the calendar, found " + std::to_string(seconds));
  }
  return text.data();
}

}  // namespace ocimux
