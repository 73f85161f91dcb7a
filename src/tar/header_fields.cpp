#include "tar/header_fields.hpp"

#include <algorithm>
#include <charconv>

namespace ocimux {

std::int64_t header_number(std::string_view field) {
  constexpr unsigned char binary = 0x80;
  std::uint64_t number = 0;
  if ((static_cast<unsigned char>(field.front()) & binary) != 0) {
    for (const char c : field.substr(1)) number = number << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(number);
  }
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  std::from_chars(field.data(), field.data() + field.size(), number, 8);
  return static_cast<std::int64_t>(number);
}

bool is_header_number(std::string_view field) {
  constexpr unsigned char binary = 0x80;
  constexpr unsigned char sign = 0x40;
  const auto first = static_cast<unsigned char>(field.front());
  if ((first & binary) != 0) {
    const unsigned char inverted = (first & sign) != 0 ? 0xff : 0;
    std::uint64_t number = (first ^ inverted) & 0x7fU;
    for (const char c : field.substr(1)) {
      if (number >> 56U != 0) return false;
      number = number << 8U | (static_cast<unsigned char>(c) ^ inverted);
    }
    return number >> 63U == 0;
  }
  constexpr std::string_view around(" \0", 2);
  const std::size_t begin = field.find_first_not_of(around);
  if (begin == std::string_view::npos) return true;
  // To libarchive a NUL ends it, also in front of the digits.
  if (field.substr(0, begin).find('\0') != std::string_view::npos) return false;
  field = field.substr(begin, field.find_last_not_of(around) + 1 - begin);
  field = field.substr(0, field.find('\0'));
  return !field.empty() &&
         std::all_of(field.begin(), field.end(), [](char c) { return c >= '0' && c <= '7'; });
}

}  // namespace ocimux
