#include "tar/member_headers.hpp"

#include <ocimux/base/error.hpp>

#include "tar/header_fields.hpp"

#include <algorithm>

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

std::string_view up_to_nul(std::string_view text) { return text.substr(0, text.find('\0')); }

std::size_t whole_blocks(std::size_t size) {
  return (size + tar_block - 1) / tar_block * tar_block;
}

void take_extension(char type, std::string_view body, MemberHeaders& found) {
  switch (type) {
    case 'x':
    case 'X': found.pax.add(body); break;
    case 'g': found.global.add(body); break;
    case 'L': found.long_name = up_to_nul(body); break;
    case 'K': found.long_link = up_to_nul(body); break;
    default: break;
  }
}

}  // namespace

char MemberHeaders::type() const { return type_field.of(main()).front(); }

std::int64_t MemberHeaders::stored_size() const {
  const std::string_view size = value_of(pax.records, "size");
  return size.empty() ? header_number(size_field.of(main())) : whole_number(size).value_or(-1);
}

bool MemberHeaders::have_holes() const { return type() == type_with_holes || pax.is_about_holes(); }

MemberHeaders split_headers(std::string_view headers) {
  MemberHeaders found;
  bool extended = false;  // by what goes for the next member
  while (headers.size() >= tar_block) {
    const std::string_view header = headers.substr(0, tar_block);
    const char type = type_field.of(header).front();
    const bool known = is_one_of(type, extensions);
    found.all.push_back(header);
    headers.remove_prefix(tar_block);
    if (!known && !is_one_of(type, unpacked_types) && !found.odd_type) found.odd_type = type;
    if (!known && !is_one_of(type, more_extensions)) {
      found.behind = headers;
      return found;
    }
    if (type == 'V') continue;  // libarchive passes over the header alone
    const std::int64_t said = std::max<std::int64_t>(header_number(size_field.of(header)), 0);
    const std::size_t size = std::min(static_cast<std::size_t>(said), headers.size());
    take_extension(type, headers.substr(0, size), found);
    found.global_behind = found.global_behind || (type == 'g' && extended);
    extended = extended || (type != 'g' && type != 'A');
    headers.remove_prefix(std::min(whole_blocks(size), headers.size()));
  }
  throw Error(Errc::corrupt, "expected a member's header behind its extension headers, found none",
              "the archive is damaged: make it again");
}

}  // namespace ocimux
