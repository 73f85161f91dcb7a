#include "tar/member_headers.hpp"

#include <ocimux/base/error.hpp>

#include "tar/header_fields.hpp"

#include <algorithm>
#include <charconv>

namespace ocimux {
namespace {

constexpr std::string_view extensions = "xgLK";
constexpr std::string_view more_extensions = "XAV";  // which libarchive knows, too
constexpr std::string_view unpacked_types(
    "\0"
    "0123456",
    8);

bool is_one_of(char type, std::string_view types) {
  return types.find(type) != std::string_view::npos;
}

// As libarchive reads it: octal digits up to what is none, or a number in base 256.
std::size_t size_in(std::string_view header) {
  std::string_view field = size_field.of(header);
  std::size_t number = 0;
  if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
    for (const char c : field.substr(field.size() - sizeof number)) {
      number = number << 8U | static_cast<unsigned char>(c);
    }
    return number;
  }
  field.remove_prefix(std::min(field.find_first_not_of(" \t"), field.size()));
  std::from_chars(field.data(), field.data() + field.size(), number, 8);
  return number;
}

/// Takes the first record off the front of @p text, without its length and the line's end.
std::string_view take_record(std::string_view& text) {
  std::size_t length = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), length);
  const auto digits = static_cast<std::size_t>(read.ptr - text.data());
  if (read.ec != std::errc() || length <= digits + 1 || length > text.size()) {
    throw Error(Errc::corrupt, "expected records in a pax header, found something else");
  }
  const std::string_view record = text.substr(digits + 1, length - digits - 2);
  text.remove_prefix(length);
  return record;
}

void add_records(std::string_view text, PaxRecords& records) {
  while (!text.empty() && text.front() != '\0') {
    const std::string_view record = take_record(text);
    const std::size_t equals = std::min(record.find('='), record.size());
    std::string& value = records[std::string(record.substr(0, equals))];
    if (value.find('\0') != std::string::npos)
      continue;  // engines refuse it, whatever comes behind
    value = record.substr(std::min(equals + 1, record.size()));
  }
}

}  // namespace

char MemberHeaders::type() const { return type_field.of(main()).front(); }

bool MemberHeaders::have_holes() const {
  return type() == type_with_holes ||
         std::any_of(records.begin(), records.end(),
                     [](const auto& record) { return is_about_holes(record.first); });
}

MemberHeaders split_headers(std::string_view headers) {
  MemberHeaders found;
  bool extended = false;  // by what goes for the next member
  while (headers.size() >= tar_block) {
    const std::string_view header = headers.substr(0, tar_block);
    const char type = type_field.of(header).front();
    found.all.push_back(header);
    const bool known = is_one_of(type, extensions);
    if (!known && !is_one_of(type, unpacked_types) && !found.odd_type) found.odd_type = type;
    if (!known && !is_one_of(type, more_extensions)) {
      return found;
    }
    headers.remove_prefix(tar_block);
    if (type == 'V') continue;  // libarchive passes over the header alone
    const std::size_t size = std::min(size_in(header), headers.size());
    if (type == 'x' || type == 'X') add_records(headers.substr(0, size), found.records);
    if (type == 'g') add_records(headers.substr(0, size), found.global_records);
    found.global_behind = found.global_behind || (type == 'g' && extended);
    extended = extended || (type != 'g' && type != 'A');
    const bool gnu = type == 'L' || type == 'K';
    found.nameless = found.nameless || (gnu && (size == 0 || headers.front() == '\0'));
    found.long_name = found.long_name || type == 'L';
    found.long_link = found.long_link || type == 'K';
    headers.remove_prefix(std::min((size + tar_block - 1) / tar_block * tar_block, headers.size()));
  }
  throw Error(Errc::corrupt, "expected a member's header behind its extension headers, found none");
}

}  // namespace ocimux
