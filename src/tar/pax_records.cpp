#include "tar/pax_records.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace ocimux {
namespace {

constexpr std::string_view star_size = "SCHILY.realsize";
constexpr std::string_view solaris_map = "SUN.holesdata";

// The map stands in front of the content.
bool is_form_1_0(const PaxRecords& records) {
  const std::string_view size = value_of(records, "GNU.sparse.realsize");
  return value_of(records, "GNU.sparse.major") == "1" &&
         value_of(records, "GNU.sparse.minor") == "0" && is_whole_number(size) &&
         !has_any(records, {"GNU.sparse.size", "GNU.sparse.map", "GNU.sparse.offset",
                            "GNU.sparse.numbytes", "GNU.sparse.numblocks", solaris_map}) &&
         (!has_any(records, {star_size}) || value_of(records, star_size) == size);
}

std::optional<std::int64_t> take_number(std::string_view& text) {
  const std::string_view part = text.substr(0, text.find(','));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  std::int64_t number = 0;
  const auto read = std::from_chars(part.data(), part.data() + part.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == part.data() + part.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

// Offsets and lengths in turn, none in the piece before or behind the end.
bool is_map(std::string_view map, std::string_view pieces, std::string_view whole) {
  const auto count = take_number(pieces);
  const auto size = take_number(whole);
  std::int64_t end = 0;
  std::int64_t found = 0;
  for (; size && !map.empty(); ++found) {
    const auto offset = take_number(map);
    const auto length = take_number(map);
    if (!offset || !length || *offset < end || *offset > *size || *length > *size - *offset) {
      return false;
    }
    end = *offset + *length;
  }
  return count == found;
}

// The map stands in one record, or (0.0) in many.
bool is_form_0(const PaxRecords& records) {
  const std::string_view major = value_of(records, "GNU.sparse.major");
  const std::string_view minor = value_of(records, "GNU.sparse.minor");
  const std::string_view map = value_of(records, "GNU.sparse.map");
  const bool version = major == "0" && (minor == "0" || minor == "1");
  return (version || !has_any(records, {"GNU.sparse.major", "GNU.sparse.minor"})) &&
         is_whole_number(value_of(records, "GNU.sparse.size")) &&
         is_whole_number(value_of(records, "GNU.sparse.numblocks")) &&
         (map.empty() ? has_all(records, {"GNU.sparse.offset", "GNU.sparse.numbytes"})
                      : !has_any(records, {"GNU.sparse.offset", "GNU.sparse.numbytes"}) &&
                            is_map(map, value_of(records, "GNU.sparse.numblocks"),
                                   value_of(records, "GNU.sparse.size"))) &&
         !has_any(records, {"GNU.sparse.realsize", star_size, solaris_map});
}

}  // namespace

std::string_view value_of(const PaxRecords& records, std::string_view key) {
  const auto found = records.find(key);
  return found == records.end() ? std::string_view() : found->second;
}

bool has_any(const PaxRecords& records, std::initializer_list<std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return records.contains(key); });
}

bool has_all(const PaxRecords& records, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return !value_of(records, key).empty(); });
}

bool is_whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), end, number);
  return read.ec == std::errc() && read.ptr == end && !text.starts_with("+-");
}

bool is_about_holes(std::string_view key) {
  return key.starts_with("GNU.sparse.") || key == star_size || key == solaris_map;
}

bool is_sparse_form(const PaxRecords& records) {
  return is_form_1_0(records) || is_form_0(records);
}

}  // namespace ocimux
