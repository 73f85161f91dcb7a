#include "tar/entry.hpp"

#include <ocimux/base/error.hpp>

#include "tar/path.hpp"

#include <archive_entry.h>

#include <algorithm>
#include <cstdint>

namespace ocimux {
namespace {

constexpr std::size_t longest_name = 4096;  // PATH_MAX: no engine could unpack more

TarMember::Kind kind_of(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr) return TarMember::Kind::hard_link;
  switch (archive_entry_filetype(entry)) {
    case AE_IFLNK: return TarMember::Kind::symlink;
    case AE_IFCHR: return TarMember::Kind::character;
    case AE_IFBLK: return TarMember::Kind::block;
    case AE_IFDIR: return TarMember::Kind::directory;
    case AE_IFIFO: return TarMember::Kind::fifo;
    default: return TarMember::Kind::regular;
  }
}

void add_xattrs(archive_entry* entry, TarMember& member) {
  archive_entry_xattr_reset(entry);
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK) {
    if (name != nullptr) member.xattrs[name] = std::string(static_cast<const char*>(value), size);
  }
}

// libarchive reads the `-1.5` of a pax header as -1 seconds and 500000000 nanoseconds, which is
// -0.5 to everybody else.
void set_mtime(archive_entry* entry, TarMember& member) {
  // The least times cannot be negated, nor written and read again.
  constexpr std::int64_t earliest = -INT64_MAX + 1;
  member.mtime = std::max<std::int64_t>(archive_entry_mtime(entry), earliest);
  member.mtime_nanoseconds = archive_entry_mtime_nsec(entry);
  if (member.mtime >= 0 || member.mtime_nanoseconds == 0) return;
  --member.mtime;
  member.mtime_nanoseconds = 1'000'000'000 - member.mtime_nanoseconds;
}

// Hardly any program asks for these, but they are times.
std::string other_times_of(archive_entry* entry) {
  std::string text;
  const auto add = [&](char name, int is_set, std::int64_t seconds, std::int64_t nanoseconds) {
    if (is_set == 0) return;
    text += name + std::to_string(seconds) + "." + std::to_string(nanoseconds);
  };
  add('a', archive_entry_atime_is_set(entry), archive_entry_atime(entry),
      archive_entry_atime_nsec(entry));
  add('c', archive_entry_ctime_is_set(entry), archive_entry_ctime(entry),
      archive_entry_ctime_nsec(entry));
  add('b', archive_entry_birthtime_is_set(entry), archive_entry_birthtime(entry),
      archive_entry_birthtime_nsec(entry));
  return text;
}

std::string owner_names_of(archive_entry* entry) {
  const char* user = archive_entry_uname(entry);
  const char* group = archive_entry_gname(entry);
  std::string text = user == nullptr ? "" : user;
  return text.append(":").append(group == nullptr ? "" : group);
}

}  // namespace

std::string_view checked_length(std::string_view name) {
  constexpr std::size_t shown = 40;
  if (name.size() <= longest_name) return name;
  throw Error(Errc::unsupported, "'" + std::string(name.substr(0, shown)) +
                                     "…': expected names of at most " +
                                     std::to_string(longest_name) + " bytes, found one of " +
                                     std::to_string(name.size()));
}

std::string name_in_layer(std::string_view name) {
  return member_path(name.substr(std::min(name.find_first_not_of('/'), name.size())));
}

std::string name_as_it_stands(std::string_view name) { return std::string(name); }

TarMember member_of(archive_entry* entry, NameReading read_name) {
  TarMember member;
  const char* path = archive_entry_pathname(entry);
  if (path == nullptr)
    throw Error(Errc::corrupt, "expected a member with a name, found one without");
  member.path = read_name(checked_length(path));
  member.kind = kind_of(entry);
  member.size = archive_entry_size(entry);
  member.sparse = archive_entry_sparse_count(entry) > 0;
  member.mode = archive_entry_perm(entry) & 07777U;  // a field can hold any number
  member.uid = archive_entry_uid(entry);
  member.gid = archive_entry_gid(entry);
  set_mtime(entry, member);
  member.other_times = other_times_of(entry);
  member.owner_names = owner_names_of(entry);
  if (member.kind == TarMember::Kind::hard_link) {
    member.link_target = read_name(checked_length(archive_entry_hardlink(entry)));
  } else if (const char* target = archive_entry_symlink(entry); target != nullptr) {
    member.link_target = checked_length(target);
  }
  if (member.kind == TarMember::Kind::character || member.kind == TarMember::Kind::block) {
    member.device_major = static_cast<std::int64_t>(archive_entry_rdevmajor(entry));
    member.device_minor = static_cast<std::int64_t>(archive_entry_rdevminor(entry));
  }
  add_xattrs(entry, member);
  return member;
}

}  // namespace ocimux
