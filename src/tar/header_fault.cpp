#include "tar/header_fault.hpp"

#include "tar/header_fields.hpp"

#include <algorithm>
#include <cstddef>
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

std::optional<HeaderFault> time_fault(std::string_view header,
                                      std::initializer_list<HeaderField> fields,
                                      const char* format) {
  for (const HeaderField field : fields) {
    if (!is_set(header, field) || is_header_number(field.of(header))) continue;
    return HeaderFault{std::string("times in a header of ") + format + " format",
                       "'" + text_in(header, field) + "' in the place of one"};
  }
  return std::nullopt;
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

bool is_header_number(std::string_view field) {
  constexpr std::size_t bytes_of_it = 8;
  constexpr unsigned char sign_bit = 0x80;
  const auto first = static_cast<unsigned char>(field.front());
  if ((first & sign_bit) != 0) {
    const bool negative = first == 0xff;
    const std::string_view above = field.substr(1, field.size() - 1 - bytes_of_it);
    const auto top = static_cast<unsigned char>(field[field.size() - bytes_of_it]);
    return (negative || first == sign_bit) &&
           above.find_first_not_of(negative ? '\xff' : '\0') == std::string_view::npos &&
           ((top & sign_bit) != 0) == negative;
  }
  constexpr std::string_view around(" \0", 2);
  const std::size_t begin = field.find_first_not_of(around);
  if (begin == std::string_view::npos) return true;
  field = field.substr(begin, field.find_last_not_of(around) + 1 - begin);
  field = field.substr(0, field.find('\0'));
  return !field.empty() &&
         std::all_of(field.begin(), field.end(), [](char c) { return c >= '0' && c <= '7'; });
}

std::optional<HeaderFault> header_fault(const MemberHeaders& headers) {
  const std::string_view header = headers.main;
  const bool gnu = magic_field.of(header) == gnu_magic;
  std::optional<HeaderFault> fault = pax_fault(headers);
  if (!fault && gnu)
    fault = time_fault(header, {access_time_field, change_time_field}, "GNU tar's");
  const bool ustar = magic_field.of(header).starts_with(magic);
  if (!fault && ustar) fault = holes_fault(header, gnu);
  if (!fault && ustar && !gnu) fault = prefix_fault(header);
  if (!fault && is_star(header)) {
    fault = time_fault(header, {star_access_time_field, star_change_time_field}, "star's");
  }
  return fault;
}

}  // namespace ocimux
