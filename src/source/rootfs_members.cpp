#include "source/rootfs_members.hpp"

#include <ocimux/base/error.hpp>

#include "io/stopping_sink.hpp"
#include "tar/reader.hpp"

#include <array>

namespace ocimux {
bool is_overlay_xattr(std::string_view name) {
  return name.starts_with("trusted.overlay.") || name.starts_with("user.overlay.");
}

bool RootfsMembers::apply(TarMember& member) const {
  if (image_.left_out.contains(member.path)) return false;
  if (!image_.directory.empty() && !move_up(member)) return false;
  std::erase_if(member.xattrs, [](const auto& xattr) { return is_overlay_xattr(xattr.first); });
  if (latest_ && member.mtime >= *latest_) {
    member.mtime = *latest_;
    member.mtime_nanoseconds = 0;
  }
  return true;
}

// Undoes what BuildKit did when it put this root below a directory of its own.
bool RootfsMembers::move_up(TarMember& member) const {
  const std::string below = image_.directory + "/";
  if (!member.path.starts_with(below)) return false;
  member.path.erase(0, below.size());
  if (member.kind == TarMember::Kind::hard_link && member.link_target.starts_with(below)) {
    member.link_target.erase(0, below.size());
  }
  if (member.kind == TarMember::Kind::symlink) {
    if (member.link_target.starts_with("/" + below)) member.link_target.erase(0, below.size());
    if (member.link_target == "/" + image_.directory) member.link_target = "/";
  }
  return true;
}

void write_content(const std::shared_ptr<const File>& file, const TarMember& member, Sink& to,
                   const std::stop_token& stop) {
  StoppingSink stopping(to, stop);
  if (!member.sparse) {
    const auto source = file_body(file, member.data_offset, member.size).open();
    return drain(*source, stopping, stop);
  }
  // Where the holes are, its headers say.
  TarReader reader(
      file_body(file, member.header_offset, file->size() - member.header_offset).open());
  if (!reader.next()) throw Error(Errc::corrupt, "expected a member, found the end of the archive");
  reader.content(stopping);
}

}  // namespace ocimux
