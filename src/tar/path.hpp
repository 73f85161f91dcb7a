#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// A member's name as one form: no `./` in front, no `/` behind, no empty or `.` components.
/// Throws Errc::corrupt when it is absolute, has a `..` component or a NUL.
std::string member_path(std::string_view name);

/// The path above @p path; empty for one at the top.
std::string_view parent_path(std::string_view path);
/// The last component of @p path.
std::string_view base_name(std::string_view path);
/// @p name in @p directory; empty is the root.
std::string joined_path(std::string_view directory, std::string_view name);

/// What the symlink at a path leads to; nothing where there is none.
using LinkAt = std::function<std::optional<std::string_view>(const std::string& path)>;

/// Where @p path leads when links are followed component by component, as Linux does, inside the
/// root: `..` goes no higher. Nothing for more than 40 links, which is a circle
/// (path_resolution(7)).
std::optional<std::string> follow_links(std::string_view path, const LinkAt& link_at);

}  // namespace ocimux
