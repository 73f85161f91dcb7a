#include "tar/pax_records.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <charconv>

namespace ocimux {
namespace {

Error wrong_record() {
  return {Errc::corrupt,
          "expected records (LENGTH KEY=VALUE) in a pax header, found something else",
          "the archive is damaged: make it again"};
}

/// Takes the first record off the front of @p text, without its length and the line's end.
std::string_view take_record(std::string_view& text) {
  std::size_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  const auto digits = static_cast<std::size_t>(read.ptr - text.data());
  if (read.ec != std::errc() || length <= digits + 2 || length > text.size() ||
      text[digits] != ' ' || text[length - 1] != '\n') {
    throw wrong_record();
  }
  const std::string_view record = text.substr(digits + 1, length - digits - 2);
  text.remove_prefix(length);
  return record;
}

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

// What ends at a NUL to libarchive. Go refuses all but the last with one.
bool is_name(std::string_view key) {
  return key == "path" || key == "linkpath" || key == "uname" || key == "gname" ||
         key == "GNU.sparse.name";
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

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  return read.ec == std::errc() && read.ptr == end ? std::optional(number) : std::nullopt;
}

void PaxHeader::add(std::string_view text) {
  while (!text.empty()) {
    const std::string_view record = take_record(text);
    const std::size_t equals = record.find('=');
    if (equals == std::string_view::npos || equals == 0) throw wrong_record();
    const std::string_view key = record.substr(0, equals);
    const std::string_view value = record.substr(equals + 1);
    if (has_nul(key) || (is_name(key) && has_nul(value))) nul_in = key;
    if (key == "GNU.sparse.offset") add_piece(true, value);
    if (key == "GNU.sparse.numbytes") add_piece(false, value);
    records[std::string(key)] = value;
  }
}

void PaxHeader::add_piece(bool offset, std::string_view value) {
  if (offset != (piece_numbers % 2 == 0) || value.find(',') != std::string_view::npos) {
    pieces_in_turn = false;
  }
  if (piece_numbers++ > 0) pieces += ',';
  pieces += value;
}

bool PaxHeader::is_about_holes() const {
  return has_any(records, {"SCHILY.realsize", "SUN.holesdata"}) ||
         records.lower_bound("GNU.sparse.") != records.lower_bound("GNU.sparse/");
}

}  // namespace ocimux
