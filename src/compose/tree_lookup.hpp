#pragma once

#include "compose/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What is meant by a path that ends in a symlink.
enum class LinkAtEnd {
  followed,  ///< what it leads to, as for stat()
  kept,      ///< itself, as for lstat(); with a slash behind it what it leads to
};

/// The key of what @p path leads to in @p tree, for a process whose root it is: symlinks are
/// followed inside the root, and `..` at the root stays there. With Names::folded also as Windows
/// writes paths: with `\`, and `C:` in front. The root is the empty key, whether it has an entry or
/// not. Throws Errc::not_found where nothing is there, with a hint to names that are alike;
/// Errc::corrupt for a circle of links.
std::string look_up(const FileTree& tree, std::string_view path,
                    LinkAtEnd last = LinkAtEnd::followed);

/// The names in the directory @p key that are most like @p name, the nearest first; few or none.
std::vector<std::string> similar_names(const FileTree& tree, std::string_view key,
                                       std::string_view name);

}  // namespace ocimux
