#include "tar/header_fault.hpp"

#include "tar/header_fields.hpp"

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
