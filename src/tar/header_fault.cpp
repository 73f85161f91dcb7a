#include "tar/header_fault.hpp"

#include "tar/header_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace ocimux {
namespace {

constexpr std::string_view magic = "ustar";
constexpr std::string_view posix_magic("ustar\0", 6);  // whatever its version
constexpr std::string_view gnu_magic("ustar  \0", 8);
constexpr std::string_view star_trailer("tar\0", 4);
constexpr std::size_t star_prefix = 131;

bool is_set(std::string_view header, HeaderField field) { return header[field.offset] != '\0'; }

std::string text_in(std::string_view header, HeaderField field) {
  const std::string_view text = field.of(header);
  return std::string(text.substr(0, text.find('\0')));
}

bool is_star(std::string_view header) {
  return magic_field.of(header).starts_with(posix_magic) &&
         trailer_field.of(header) == star_trailer;
}

/// Of @p fields, the first that is no number.
std::optional<HeaderFault> number_fault(std::string_view header,
                                        std::initializer_list<HeaderField> fields,
                                        const std::string& expected) {
  for (const HeaderField field : fields) {
    if (is_header_number(field.of(header))) continue;
    return HeaderFault{expected, "'" + text_in(header, field) + "' in the place of one"};
  }
  return std::nullopt;
}

// No number is no fault to Go there, but the end of a prefix.
std::optional<HeaderFault> gnu_time_fault(std::string_view header) {
  for (const HeaderField field : {access_time_field, change_time_field}) {
    if (!is_set(header, field)) continue;
    if (auto fault = number_fault(header, {field}, "times in a header of GNU tar's format")) {
      return fault;
    }
  }
  return std::nullopt;
}

// Go refuses an archive for these, whatever they are of.
std::optional<HeaderFault> number_fault(std::string_view header) {
  auto fault = number_fault(header, {mode_field, uid_field, gid_field, size_field, mtime_field},
                            "octal or binary numbers in headers");
  if (!fault && magic_field.of(header).starts_with(magic)) {
    fault = number_fault(header, {major_field, minor_field}, "device numbers in headers");
  }
  if (!fault && is_star(header)) {
    fault = number_fault(header, {star_access_time_field, star_change_time_field},
                         "times in a header of star's format");
  }
  return fault;
}

std::optional<HeaderFault> holes_fault(std::string_view header, bool gnu) {
  const bool map = gnu && is_set(header, map_field);
  const bool size = gnu && is_set(header, whole_size_field);
  const char type = type_field.of(header).front();
  if (type == type_with_holes) {
    if (map && size) return std::nullopt;
    return HeaderFault{"a map of holes and the size with them in a header of type 'S'",
                       map ? "only the map" : "no map"};
  }
  if (!map && !size) return std::nullopt;
  return HeaderFault{"a map of holes and a size with them in headers of type 'S' alone",
                     "such a one in a header of type " +
                         (type == '\0' ? std::string("NUL") : "'" + std::string(1, type) + "'")};
}

// libarchive takes the numbers of a device from any header that says "ustar", Go from the formats'
// own ones.
std::optional<HeaderFault> device_fault(std::string_view header) {
  const char type = type_field.of(header).front();
  const std::string_view found = magic_field.of(header);
  if ((type != '3' && type != '4') || found == gnu_magic || found.starts_with(posix_magic)) {
    return std::nullopt;
  }
  return HeaderFault{"devices in headers of the standard's format or GNU tar's",
                     "one in a header of another"};
}

std::optional<HeaderFault> prefix_fault(std::string_view header) {
  if (!is_set(header, prefix_field)) return std::nullopt;
  if (!magic_field.of(header).starts_with(posix_magic)) {
    return HeaderFault{"a prefix of the name in headers of the standard's format alone",
                       "'" + text_in(header, prefix_field) + "' in one that nearly has its magic"};
  }
  const std::size_t size = prefix_field.of(header).find('\0');
  if (!is_star(header) || size <= star_prefix) return std::nullopt;
  return HeaderFault{
      "at most " + std::to_string(star_prefix) + " bytes of prefix in a header of star's format",
      size == std::string_view::npos ? "155" : std::to_string(size)};
}

}  // namespace

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

std::optional<HeaderFault> header_fault(const MemberHeaders& headers) {
  const std::string_view header = headers.main();
  const bool gnu = magic_field.of(header) == gnu_magic;
  const bool ustar = magic_field.of(header).starts_with(magic);
  std::optional<HeaderFault> fault = pax_fault(headers);
  if (!fault && gnu) fault = gnu_time_fault(header);
  if (!fault && ustar) fault = holes_fault(header, gnu);
  if (!fault && ustar && !gnu) fault = prefix_fault(header);
  if (!fault) fault = device_fault(header);
  for (auto one = headers.all.begin(); !fault && one != headers.all.end(); ++one) {
    fault = number_fault(*one);
  }
  return fault;
}

}  // namespace ocimux
