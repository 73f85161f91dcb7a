#include "compose/history_text.hpp"

#include <string_view>

namespace ocimux {
namespace {

constexpr std::int64_t millisecond = 1'000'000;
constexpr std::int64_t second = 1'000 * millisecond;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr char first_printable = ' ';
constexpr char last_control = 0x7F;

// A character between @p quote marks.
std::string escaped(char c, char quote) {
  constexpr std::string_view named = "\a\b\f\n\r\t\v";
  constexpr std::string_view names = "abfnrtv";
  constexpr std::string_view digits = "0123456789abcdef";
  if (c == quote || c == '\\') return {'\\', c};
  if (const std::size_t at = named.find(c); at != std::string_view::npos) return {'\\', names[at]};
  const auto byte = static_cast<unsigned char>(c);
  if ((c >= 0 && c < first_printable) || c == last_control) {
    return {'\\', 'x', digits[byte >> 4U], digits[byte & 0xFU]};
  }
  return {c};
}

// `1.5` of @p number units of @p unit.
std::string decimal(std::int64_t number, std::int64_t unit) {
  std::string text = std::to_string(number / unit);
  std::string fraction = std::to_string(unit + number % unit).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace

std::string history_list(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) {
    text += text.size() > 1 ? " \"" : "\"";
    for (const char c : word) text += escaped(c, '"');
    text += '"';
  }
  return text + "]";
}

std::string history_words(const std::vector<std::string>& words) {
  std::string text = "[";
  for (const std::string& word : words) text += (&word == &words.front() ? "" : " ") + word;
  return text + "]";
}

std::string history_duration(std::int64_t nanoseconds) {
  if (nanoseconds == 0) return "0s";
  if (nanoseconds < second) return decimal(nanoseconds, millisecond) + "ms";
  std::string text;
  if (nanoseconds >= hour) text += std::to_string(nanoseconds / hour) + "h";
  if (nanoseconds >= minute) text += std::to_string(nanoseconds % hour / minute) + "m";
  return text + decimal(nanoseconds % minute, second) + "s";
}

std::string history_character(std::int64_t number) {
  constexpr std::int64_t last_ascii = 0x7F;
  // Who tries more often than that may have any character here.
  const char c = number <= last_ascii ? static_cast<char>(number) : '?';
  return "'" + escaped(c, '\'') + "'";
}

}  // namespace ocimux
