#include "tar/header_fault.hpp"

#include <algorithm>
#include <cstddef>

namespace ocimux {
namespace {

struct Field {
  std::size_t offset;
  std::size_t width;
};

constexpr std::size_t block_size = 512;
constexpr Field type_field{156, 1};
constexpr Field magic_field{257, 8};  // with the version
constexpr Field prefix_field{345, 155};
constexpr Field trailer_field{508, 4};
// GNU tar's, in the place of the prefix.
constexpr Field access_time_field{345, 12};
constexpr Field change_time_field{357, 12};
constexpr Field map_field{386, 1};   // of the map: where the first piece of content stands
constexpr Field size_field{483, 1};  // the size with the holes

constexpr std::string_view magic = "ustar";
constexpr std::string_view posix_magic("ustar\0", 6);  // whatever its version
constexpr std::string_view gnu_magic("ustar  \0", 8);
constexpr std::string_view star_trailer("tar\0", 4);
constexpr std::size_t star_prefix = 131;
constexpr char type_with_holes = 'S';

std::string_view text(std::string_view header, Field field) {
  return header.substr(field.offset, field.width);
}

bool is_set(std::string_view header, Field field) { return header[field.offset] != '\0'; }

// As Go's archive/tar reads one: octal digits with spaces and NULs around, or a number of 64 bits
// in base 256.
bool is_number(std::string_view field) {
  constexpr std::size_t bytes_of_it = 8;
  const char first = field.front();
  if (first == '\x80' || first == '\xff') {
    const std::string_view more = field.substr(1, field.size() - 1 - bytes_of_it);
    return more.find_first_not_of(first == '\xff' ? first : '\0') == std::string_view::npos;
  }
  constexpr std::string_view around(" \0", 2);
  const std::size_t begin = field.find_first_not_of(around);
  if (begin == std::string_view::npos) return true;
  field.remove_prefix(begin);
  field = field.substr(0, field.find('\0'));
  field = field.substr(0, field.find_last_not_of(' ') + 1);
  return std::all_of(field.begin(), field.end(), [](char c) { return c >= '0' && c <= '7'; });
}

bool has_time(std::string_view header, Field field) {
  return !is_set(header, field) || is_number(text(header, field));
}

bool contradicts_type(std::string_view header, bool gnu) {
  const bool map = gnu && is_set(header, map_field);
  const bool size = gnu && is_set(header, size_field);
  const bool holes = header[type_field.offset] == type_with_holes;
  return holes ? !map || !size : map || size;
}

bool has_odd_prefix(std::string_view header) {
  if (!is_set(header, prefix_field)) return false;
  if (!text(header, magic_field).starts_with(posix_magic)) return true;
  return text(header, trailer_field) == star_trailer &&
         text(header, prefix_field).find('\0') > star_prefix;
}

}  // namespace

std::optional<HeaderFault> header_fault(std::string_view headers) {
  for (; headers.size() >= block_size; headers.remove_prefix(block_size)) {
    const std::string_view header = headers.substr(0, block_size);
    if (!text(header, magic_field).starts_with(magic)) continue;
    const bool gnu = text(header, magic_field) == gnu_magic;
    if (gnu && (!has_time(header, access_time_field) || !has_time(header, change_time_field))) {
      return HeaderFault{"times in a header of GNU tar's format",
                         "something else in their place, as if it had a prefix of the name"};
    }
    if (contradicts_type(header, gnu)) {
      return HeaderFault{
          "a map of holes and the size with them where a header's type is 'S' and in no other",
          "it otherwise"};
    }
    if (!gnu && has_odd_prefix(header)) {
      return HeaderFault{"a prefix of the name in headers of the standard's format alone",
                         "one in another, or a longer one"};
    }
  }
  return std::nullopt;
}

}  // namespace ocimux
