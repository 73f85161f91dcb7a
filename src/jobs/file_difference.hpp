#pragma once

#include <ocimux/jobs/diff.hpp>

#include "compose/tree.hpp"

#include <stop_token>
#include <vector>

namespace ocimux {

/// In what the files of two trees, whose contents are hashed, differ; sorted by path. Both tell
/// names apart in the same way. A directory that nothing but its files speaks of has no attributes
/// that could differ.
std::vector<FileDifference> file_difference(const FileTree& before, const FileTree& after,
                                            const std::stop_token& stop);

}  // namespace ocimux
