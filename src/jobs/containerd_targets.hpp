#pragma once

#include <ocimux/spec/platform.hpp>

#include <string>
#include <vector>

namespace ocimux {

/// A platform in containerd's normal form, which knows fewer aliases than Platform::normalized().
/// An empty os is that of the @p node. Source: containerd/platforms, database.go.
Platform containerd_normalized(const Platform& platform, const Platform& node);

/// An architecture that a node runs.
struct Target {
  std::string architecture;
  std::string variant;
  friend bool operator==(const Target&, const Target&) = default;
};

/// All that containerd takes for @p node, best first: smaller variants, 386 on amd64, arm on arm64.
/// None for a variant of arm64 that it does not know. Source: containerd/platforms, compare.go.
std::vector<Target> containerd_targets(const Platform& node);

}  // namespace ocimux
