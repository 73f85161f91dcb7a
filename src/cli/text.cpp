#include "cli/text.hpp"

#include <algorithm>
#include <cstdint>

namespace ocimux::cli {
namespace {

// The longest name of a file, and what is said of it. What documents say can have 4 MiB.
constexpr std::size_t longest_text = 8192;
constexpr unsigned char first_of_two = 0xc2;  // below: overlong forms
constexpr unsigned char first_of_three = 0xe0;
constexpr unsigned char first_of_four = 0xf0;
constexpr unsigned char beyond_unicode = 0xf5;

unsigned char byte(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

/// The length of the character that @p text begins with; 0 when it begins with none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const unsigned char first = byte(text, 0);
  if (first < 0x80) return 1;
  if (first < first_of_two || first >= beyond_unicode) return 0;
  // The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
  const unsigned char low = first == first_of_three ? 0xa0 : first == first_of_four ? 0x90 : 0x80;
  const unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (byte(text, 1) < low || byte(text, 1) > high) return 0;
  const std::size_t length = first < first_of_three ? 2 : first < first_of_four ? 3 : 4;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(text, i) & 0xc0U) != 0x80) return 0;
  }
  return length;
}

bool is_control(std::string_view character) {
  const unsigned char first = byte(character, 0);
  return first < 0x20 || first == 0x7f || (first == 0xc2 && byte(character, 1) < 0xa0);
}

/// The number of a character that is valid UTF-8.
std::uint32_t code_point(std::string_view character) {
  const std::size_t more = character.size() - 1;
  std::uint32_t number = byte(character, 0);
  if (more != 0) number &= 0x3fU >> more;
  for (std::size_t i = 1; i <= more; ++i) number = number << 6U | (byte(character, i) & 0x3fU);
  return number;
}

// What makes a terminal show other characters in another order than they stand in, or not at all:
// marks of direction, ends of lines and paragraphs, characters without a width.
bool misleads(std::string_view character) {
  const std::uint32_t number = code_point(character);
  const auto between = [&](std::uint32_t first, std::uint32_t last) {
    return number >= first && number <= last;
  };
  return number == 0x061c || between(0x200b, 0x200f) || between(0x2028, 0x202e) ||
         between(0x2066, 0x2069) || number == 0xfeff;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string valid;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    valid += length == 0 ? "\xef\xbf\xbd" : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

std::string printable(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string shown;
  for (std::string_view rest = valid; !rest.empty();) {
    const std::string_view character = rest.substr(0, character_length(rest));
    if (shown.size() > longest_text) return shown + "…";
    shown += is_control(character) || misleads(character) ? "?" : character;
    rest.remove_prefix(character.size());
  }
  return shown;
}

}  // namespace ocimux::cli
