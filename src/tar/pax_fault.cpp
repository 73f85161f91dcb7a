#include "tar/header_fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>

namespace ocimux {
namespace {

using Records = std::map<std::string, std::string>;

constexpr std::string_view star_size = "SCHILY.realsize";
constexpr std::string_view solaris_map = "SUN.holesdata";

std::string_view value_of(const Records& records, std::string_view key) {
  const auto found = records.find(std::string(key));
  return found == records.end() ? std::string_view() : found->second;
}

bool is_whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), end, number);
  return read.ec == std::errc() && read.ptr == end && !text.starts_with("+-");
}

bool is_time(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view behind = text.substr(std::min(point + 1, text.size()));
  return is_whole_number(text.substr(0, point)) &&
         std::all_of(behind.begin(), behind.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool has_no_nul(std::string_view text) { return text.find('\0') == std::string_view::npos; }

struct Rule {
  std::string_view key;
  bool (*holds)(std::string_view);
  const char* expected;
};

constexpr std::array<Rule, 10> rules{{{"path", has_no_nul, "a name without NUL"},
                                      {"linkpath", has_no_nul, "a name without NUL"},
                                      {"uname", has_no_nul, "a name without NUL"},
                                      {"gname", has_no_nul, "a name without NUL"},
                                      {"uid", is_whole_number, "a number"},
                                      {"gid", is_whole_number, "a number"},
                                      {"size", is_whole_number, "a number"},
                                      {"mtime", is_time, "a time"},
                                      {"atime", is_time, "a time"},
                                      {"ctime", is_time, "a time"}}};

std::optional<HeaderFault> value_fault(const Records& records) {
  for (const Rule& rule : rules) {
    const std::string_view value = value_of(records, rule.key);
    if (value.empty() || rule.holds(value)) continue;
    return HeaderFault{
        std::string(rule.expected) + " as '" + std::string(rule.key) + "' in a pax header",
        "'" + std::string(value.substr(0, value.find('\0'))) + "'" +
            (has_no_nul(value) ? "" : " and a NUL")};
  }
  return std::nullopt;
}

bool has_any(const Records& records, std::initializer_list<std::string_view> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return records.contains(std::string(key)); });
}

bool has_all(const Records& records, std::initializer_list<std::string_view> keys) {
  return std::all_of(keys.begin(), keys.end(),
                     [&](std::string_view key) { return !value_of(records, key).empty(); });
}

// The map stands in front of the content.
bool is_form_1_0(const Records& records) {
  const std::string_view size = value_of(records, "GNU.sparse.realsize");
  return value_of(records, "GNU.sparse.major") == "1" &&
         value_of(records, "GNU.sparse.minor") == "0" && is_whole_number(size) &&
         !has_any(records, {"GNU.sparse.size", "GNU.sparse.map", "GNU.sparse.offset",
                            "GNU.sparse.numbytes", "GNU.sparse.numblocks", solaris_map}) &&
         (!has_any(records, {star_size}) || value_of(records, star_size) == size);
}

// The map stands in one record, or (0.0) in many.
bool is_form_0(const Records& records) {
  const std::string_view major = value_of(records, "GNU.sparse.major");
  const std::string_view minor = value_of(records, "GNU.sparse.minor");
  const bool version = major == "0" && (minor == "0" || minor == "1");
  return (version || !has_any(records, {"GNU.sparse.major", "GNU.sparse.minor"})) &&
         is_whole_number(value_of(records, "GNU.sparse.size")) &&
         has_all(records, {"GNU.sparse.map"}) !=
             has_all(records, {"GNU.sparse.offset", "GNU.sparse.numbytes"}) &&
         !has_any(records, {"GNU.sparse.realsize", star_size, solaris_map});
}

}  // namespace

std::optional<HeaderFault> pax_fault(const MemberHeaders& headers) {
  const Records& records = headers.records;
  if ((headers.long_name && has_any(records, {"path", "GNU.sparse.name"})) ||
      (headers.long_link && has_any(records, {"linkpath"}))) {
    return HeaderFault{"one long name of a member or of what it links to",
                       "one in a pax header and one of GNU tar's"};
  }
  if (std::any_of(records.begin(), records.end(),
                  [](const auto& record) { return is_about_holes(record.first); }) &&
      !is_form_1_0(records) && !is_form_0(records)) {
    return HeaderFault{"the records of holes of one of GNU tar's formats (0.0, 0.1 or 1.0)",
                       "others, or a part of them"};
  }
  return value_fault(records);
}

}  // namespace ocimux
