#pragma once

#include "compose/tree.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ocimux {

/// @p members in the form of a layer that Windows reads: `Hives` and `Files` first, everything else
/// below `Files/`, with the attributes and security descriptors that BuildKit gives (its
/// util/winlayers/differ.go). Targets of symlinks stay as they are: Windows reads them as paths in
/// the container, not in the layer. @p mtime is that of the two directories.
std::vector<TarMember> windows_members(std::vector<TarMember> members, std::int64_t mtime);

/// How far a tree is from a base below `Windows/`.
struct BaseFit {
  std::int64_t files = 0;            ///< regular files of the base there
  std::vector<std::string> changed;  ///< those that are others, or gone
  /// False when the tree was hardly made from this base. A monthly update changes thousands of
  /// these files; an application, installed into the image, changes a few.
  [[nodiscard]] bool fits() const;
};

/// Judges @p replaced, the files of @p base that changed. Hives and logs do not count: they change
/// whenever Windows runs.
BaseFit fit_of(const FileTree& base, const std::vector<std::string>& replaced);

}  // namespace ocimux
