#pragma once

#include <ocimux/jobs/files.hpp>

#include "compose/tree.hpp"

#include <string_view>

namespace ocimux {

/// What stands at @p place of @p tree, without the hard link it may be.
FileEntry entry_of(const FileTree& tree, const FileTree::Places::value_type& place);
/// What @p node is, as @p path of a tree, which has no slash in front.
FileEntry entry_of(const Node& node, std::string_view path);

FileKind kind_of(const Node& node);

}  // namespace ocimux
