#pragma once

#include "tar/pax_records.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ocimux {

/// What stands in front of a member's content: its own header, and those of extensions before it.
struct MemberHeaders {
  std::vector<std::string_view> all = {};  ///< blocks, the member's own header last
  std::string_view behind = {};            ///< what stands between that and the content
  /// The first type of all that engines do not unpack, and not the extension headers that Go's
  /// archive/tar knows (pax, GNU tar's long names). libarchive knows more of these, such as GNU
  /// tar's volume labels (`V`): to engines they are members.
  std::optional<char> odd_type = {};
  bool global_behind = false;  ///< a global pax header stands behind another extension
  std::optional<std::string_view> long_name = {};  ///< GNU tar's `L`
  std::optional<std::string_view> long_link = {};  ///< GNU tar's `K`
  PaxHeader pax = {};
  PaxHeader global = {};  ///< for all members

  [[nodiscard]] std::string_view main() const { return all.back(); }
  [[nodiscard]] char type() const;
  /// Bytes of content in the archive.
  [[nodiscard]] std::int64_t stored_size() const;
  /// Whether they say in any way that the content is stored with holes. libarchive keeps quiet
  /// about maps that do not fit the member's size, and goes by them nevertheless.
  [[nodiscard]] bool have_holes() const;
};

/// Takes @p headers, all blocks of a member before its content, apart; they must outlive what is
/// answered. Throws Errc::corrupt where they are not one behind the other, and for records that
/// are none.
MemberHeaders split_headers(std::string_view headers);

}  // namespace ocimux
