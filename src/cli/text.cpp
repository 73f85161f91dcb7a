#include "cli/text.hpp"

#include <algorithm>

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

// What makes a terminal show other characters in another order than they stand in, or not at all:
// marks of direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), ends of lines
// and paragraphs (U+2028, U+2029), characters without a width (U+200B to U+200D, U+FEFF).
bool misleads(std::string_view character) {
  const auto within = [&](std::string_view first, std::string_view last) {
    return character >= first && character <= last;
  };
  return character == "\xd8\x9c" || within("\xe2\x80\x8b", "\xe2\x80\x8f") ||
         within("\xe2\x80\xa8", "\xe2\x80\xae") || within("\xe2\x81\xa6", "\xe2\x81\xa9") ||
         character == "\xef\xbb\xbf";
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
