#include "tar/header_fault.hpp"
#include "tar/header_fields.hpp"
#include "tar/sparse_form.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ocimux {
namespace {

bool is_number(std::string_view text) { return whole_number(text).has_value(); }

bool is_time(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view behind = text.substr(std::min(point + 1, text.size()));
  return is_number(text.substr(0, point)) &&
         std::all_of(behind.begin(), behind.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Rule {
  std::string_view key;
  bool (*holds)(std::string_view);
  const char* expected;
};

constexpr std::array<Rule, 6> rules{{{"uid", is_number, "a number"},
                                     {"gid", is_number, "a number"},
                                     {"size", is_number, "a number"},
                                     {"mtime", is_time, "a time"},
                                     {"atime", is_time, "a time"},
                                     {"ctime", is_time, "a time"}}};

HeaderFault nul_fault(const std::string& key) {
  return {"names without NUL in a pax header", "one in '" + key + "'"};
}

// A record without a value is none to Go, and 0 to libarchive.
std::optional<HeaderFault> value_fault(const PaxRecords& records) {
  for (const Rule& rule : rules) {
    const auto found = records.find(rule.key);
    if (found == records.end() || rule.holds(found->second)) continue;
    return HeaderFault{
        std::string(rule.expected) + " as '" + std::string(rule.key) + "' in a pax header",
        "'" + found->second + "'"};
  }
  return std::nullopt;
}

// Go reads these records and makes nothing of them; neither does libarchive.
std::optional<HeaderFault> global_fault(const MemberHeaders& headers) {
  if (headers.global_behind) {
    return HeaderFault{"global pax headers before all other headers of a member",
                       "one behind another, which is of no member then to engines"};
  }
  if (headers.global.is_about_holes()) {
    return HeaderFault{"no records of holes in a global pax header", "some"};
  }
  if (!headers.global.nul_in.empty()) return nul_fault(headers.global.nul_in);
  return std::nullopt;
}

std::optional<HeaderFault> name_fault(const MemberHeaders& headers) {
  const PaxRecords& records = headers.pax.records;
  if ((headers.long_name && headers.long_name->empty()) ||
      (headers.long_link && headers.long_link->empty())) {
    return HeaderFault{"text in GNU tar's long names", "none, which are no names to engines"};
  }
  if ((headers.long_name && has_any(records, {"path", "GNU.sparse.name"})) ||
      (headers.long_link && has_any(records, {"linkpath"}))) {
    return HeaderFault{"one long name of a member or of what it links to",
                       "one in a pax header and one of GNU tar's"};
  }
  if (!headers.pax.nul_in.empty()) return nul_fault(headers.pax.nul_in);
  return std::nullopt;
}

// libarchive takes these numbers, engines those in the header.
std::optional<HeaderFault> device_fault(const MemberHeaders& headers) {
  if (headers.type() != '3' && headers.type() != '4') return std::nullopt;
  for (const auto& [key, field] :
       {std::pair("SCHILY.devmajor", major_field), std::pair("SCHILY.devminor", minor_field)}) {
    const auto found = headers.pax.records.find(key);
    if (found == headers.pax.records.end()) continue;
    const std::int64_t number = header_number(field.of(headers.main()));
    if (whole_number(found->second) == number) continue;
    return HeaderFault{std::string("the device number of the header as '") + key + "'",
                       "'" + found->second + "' for " + std::to_string(number)};
  }
  return std::nullopt;
}

}  // namespace

std::optional<HeaderFault> pax_fault(const MemberHeaders& headers) {
  auto fault = name_fault(headers);
  if (!fault && headers.pax.is_about_holes() && !is_sparse_form(headers)) {
    fault = HeaderFault{
        "the records of holes of one of GNU tar's formats (0.0, 0.1 or 1.0), with a map that fits",
        "others, or a part of them"};
  }
  if (!fault) fault = global_fault(headers);
  if (!fault) fault = device_fault(headers);
  return fault ? fault : value_fault(headers.pax.records);
}

}  // namespace ocimux
