#pragma once

#include "compose/tree.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// What a layer over a base holds, and what was found on the way.
struct Difference {
  /// The members of the layer in their order, whiteouts among them: parents first, each path once.
  /// None: the trees are the same. Contents are where the tar has them.
  std::vector<TarMember> members;
  std::vector<std::string> files_replaced;  ///< regular files of the base that changed or went
};

/// Whether attributes count: owners, modes, devices and capabilities. In the export of a Windows
/// tree they are invented, and hard links need not be those of the base.
enum class Attributes { compared, invented };

/// How the contents of files of the same size are told apart.
struct ContentReader {
  /// The SHA-256 of a regular file of the tree.
  std::function<Node::Sha256(const Node&, const std::stop_token&)> hash;
  std::size_t threads = 1;
};

/// What has to be put over @p base to get @p tree: changed entries whole, with the directories they
/// are in; all paths of a file with hard links where one of them, or who they are, changed; an
/// explicit whiteout for what is gone. Times do not count. The files of @p base are hashed; those
/// of @p tree are, here, where nothing else differs. Both trees tell names apart in the same way;
/// where that is Names::folded, what both have is spelled as in @p base.
Difference difference(const FileTree& base, FileTree& tree, Attributes attributes,
                      const ContentReader& reader, const std::stop_token& stop);

}  // namespace ocimux
