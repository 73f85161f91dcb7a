#include "tar/header_fault.hpp"
#include "tar/pax_records.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

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

HeaderFault wrong_value(const Rule& rule, std::string_view value) {
  return {std::string(rule.expected) + " as '" + std::string(rule.key) + "' in a pax header",
          "'" + std::string(value.substr(0, value.find('\0'))) + "'" +
              (has_no_nul(value) ? "" : " and a NUL")};
}

// A record without a value is none to Go, and 0 to libarchive.
std::optional<HeaderFault> value_fault(const PaxRecords& records) {
  for (const Rule& rule : rules) {
    const auto found = records.find(rule.key);
    if (found == records.end() || rule.holds(found->second)) continue;
    return wrong_value(rule, found->second);
  }
  return std::nullopt;
}

// Go reads these records and makes nothing of them; neither does libarchive.
std::optional<HeaderFault> global_fault(const MemberHeaders& headers) {
  const PaxRecords& records = headers.global_records;
  if (headers.global_behind) {
    return HeaderFault{"global pax headers before all other headers of a member",
                       "one behind another, which is of no member then to engines"};
  }
  if (std::any_of(records.begin(), records.end(),
                  [](const auto& record) { return is_about_holes(record.first); })) {
    return HeaderFault{"no records of holes in a global pax header", "some"};
  }
  for (const Rule& rule : rules) {
    const std::string_view value = value_of(records, rule.key);
    if (!has_no_nul(value)) return wrong_value(rule, value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<HeaderFault> pax_fault(const MemberHeaders& headers) {
  const PaxRecords& records = headers.records;
  if (headers.nameless) {
    return HeaderFault{"text in GNU tar's long names", "none, which are no names to engines"};
  }
  if ((headers.long_name && has_any(records, {"path", "GNU.sparse.name"})) ||
      (headers.long_link && has_any(records, {"linkpath"}))) {
    return HeaderFault{"one long name of a member or of what it links to",
                       "one in a pax header and one of GNU tar's"};
  }
  if (std::any_of(records.begin(), records.end(),
                  [](const auto& record) { return is_about_holes(record.first); }) &&
      !is_sparse_form(records)) {
    return HeaderFault{"the records of holes of one of GNU tar's formats (0.0, 0.1 or 1.0)",
                       "others, or a part of them"};
  }
  auto fault = global_fault(headers);
  return fault ? fault : value_fault(records);
}

}  // namespace ocimux
