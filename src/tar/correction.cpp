#include "tar/correction.hpp"

#include "tar/header_fields.hpp"

#include <ocimux/base/error.hpp>

#include <string>

namespace ocimux {
namespace {

void correct_target(TarMember& member, const MemberHeaders& headers, NameReading read_name) {
  const char type = headers.type();
  if ((type != '1' && type != '2') || link_field.of(headers.main()).front() != '\0') return;
  const std::string target(headers.long_link ? *headers.long_link
                                             : value_of(headers.pax.records, "linkpath"));
  if (target.empty()) {
    throw Error(Errc::corrupt,
                "'" + member.path +
                    "': expected a link that leads somewhere, found "
                    "one without a target",
                "the archive is damaged: make it again");
  }
  checked_length(target);
  member.kind = type == '1' ? TarMember::Kind::hard_link : TarMember::Kind::symlink;
  member.link_target = type == '1' ? read_name(target) : target;
}

void correct_time(TarMember& member, const MemberHeaders& headers) {
  constexpr std::int64_t second = 1'000'000'000;
  if (member.mtime != 0 || member.mtime_nanoseconds == 0) return;
  if (!value_of(headers.pax.records, "mtime").starts_with('-')) return;
  member.mtime = -1;
  member.mtime_nanoseconds = second - member.mtime_nanoseconds;
}

}  // namespace

void correct(TarMember& member, const MemberHeaders& headers, NameReading read_name) {
  correct_target(member, headers, read_name);
  correct_time(member, headers);
}

}  // namespace ocimux
