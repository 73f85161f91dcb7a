#include "compose/healthcheck.hpp"

#include <ocimux/base/error.hpp>

#include "compose/history_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <utility>

namespace ocimux {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t second = 1'000 * millisecond;

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> durations{
    {{"interval", "Interval"},
     {"timeout", "Timeout"},
     {"start-period", "StartPeriod"},
     {"start-interval", "StartInterval"}}};

Error malformed(const std::string& expected, std::string_view found) {
  return {Errc::invalid_argument, "expected " + expected + ", found '" + std::string(found) + "'"};
}

std::int64_t nanoseconds(const std::string& text) {
  constexpr double longest = 9e18;  // a few nanoseconds more do not fit
  constexpr std::string_view digits_and_dot = "0123456789.";
  static const std::map<std::string, std::int64_t> units{
      {"ns", 1},           {"us", 1'000}, {"µs", 1'000},      {"μs", 1'000},
      {"ms", millisecond}, {"s", second}, {"m", 60 * second}, {"h", 3600 * second}};
  const auto no_duration = [&] { return malformed("a duration such as 30s or 1m30s", text); };
  if (text == "0" || text == "+0" || text.empty()) return 0;
  double total = 0;
  std::string_view rest = text;
  if (rest.starts_with('+')) rest.remove_prefix(1);
  if (rest.empty()) throw no_duration();
  while (!rest.empty()) {
    const std::size_t digits = std::min(rest.find_first_not_of(digits_and_dot), rest.size());
    double value = 0;
    const auto [end, failure] =
        std::from_chars(rest.data(), rest.data() + digits, value, std::chars_format::fixed);
    if (failure != std::errc() || end != rest.data() + digits) throw no_duration();
    rest.remove_prefix(digits);
    const std::size_t length = std::min(rest.find_first_of(digits_and_dot), rest.size());
    const auto unit = units.find(std::string(rest.substr(0, length)));
    if (unit == units.end()) throw no_duration();
    total += value * static_cast<double>(unit->second);
    rest.remove_prefix(length);
  }
  if (total > longest) throw no_duration();
  const std::int64_t rounded = std::llround(total);
  if (rounded != 0 && rounded < millisecond) {
    throw malformed("a duration of at least a millisecond", text);
  }
  return rounded;
}

std::int64_t retries(const std::string& text) {
  std::int32_t number = 0;
  std::string_view digits = text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc() || end != digits.data() + digits.size() || number < 0) {
    throw malformed("a number of retries", text);
  }
  return number;
}

}  // namespace

Healthcheck healthcheck(const Instruction& instruction) {
  Json check = Json::object();
  std::vector<std::string> test = instruction.arguments;
  if (test.front() == "CMD" && !instruction.is_array) test.front() = "CMD-SHELL";
  std::string history = "HEALTHCHECK &{" + history_list(test);
  const bool none = test.front() == "NONE";
  for (const auto& [flag, key] : durations) {
    const std::int64_t length = none ? 0 : nanoseconds(instruction.flag(flag).value_or(""));
    if (length != 0) check.set(key, length);
    history += " \"" + history_duration(length) + "\"";
  }
  const std::string count = none ? "" : instruction.flag("retries").value_or("");
  const std::int64_t number = count.empty() ? 0 : retries(count);
  if (number != 0) check.set("Retries", number);
  history += " " + history_character(number) + "}";
  check.set("Test", to_json(test));
  return {std::move(check), std::move(history)};
}

}  // namespace ocimux
