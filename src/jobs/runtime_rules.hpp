#pragma once

#include <ocimux/spec/descriptor.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

/// How container runtimes choose a manifest from an index: pure functions of the node's platform
/// and of what the descriptors say. Nothing is normalized here unless the runtime does it.
namespace ocimux {

/// A machine that is to run an image.
struct MatchNode {
  Platform platform;    ///< normalized
  std::string variant;  ///< as it was said; empty for a node that did not find it out

  /// Throws Errc::invalid_argument for what is no platform, and for Windows without a version of
  /// three numbers at least.
  static MatchNode parse(std::string_view text);
};

/// What a rule says of one descriptor.
struct Judgement {
  bool fits = false;
  /// Why it does not fit; or what else there is to know of it, although it does.
  std::string reason = {};
  /// Of those that fit the smallest comes first; of equal ones that with the greater `version`,
  /// compared as text; then that which comes first in the index.
  std::vector<std::int64_t> rank = {};
  std::string version = {};
};

/// The rule of one runtime for one node.
struct RuntimeRule {
  std::string runtime;
  std::string versions = {};  ///< which ones; empty for all of today's
  /// A descriptor of an index; one without a platform fits where the runtime takes such.
  std::function<Judgement(const Descriptor&)> judge;
  bool reads_configs = false;    ///< of a descriptor without a platform, once it is chosen
  bool follows_indexes = false;  ///< that an index lists
  std::string nothing = {};      ///< what it says when nothing fits
};

enum class ListKind { oci_index, docker_list };

/// The names that rule_of() knows, today's first.
std::vector<std::string> runtime_names();

/// Throws Errc::invalid_argument for another name.
RuntimeRule rule_of(std::string_view runtime, const MatchNode& node, ListKind kind);

/// containerd's: a node's own platform and those it can run as well (containerd/platforms,
/// compare.go: Only). @p release as in runtime_names(), for Windows.
RuntimeRule containerd_rule(const MatchNode& node, std::string_view release);
/// docker's with its own image store, "graphdrivers" (moby, distribution/pull_v2_*.go).
RuntimeRule docker_rule(const MatchNode& node);
/// podman's, CRI-O's, buildah's and skopeo's (containers/image, platform_matcher.go).
RuntimeRule podman_rule(const MatchNode& node, ListKind kind);

/// What comes behind everything that has a platform.
inline constexpr std::int64_t last_rank = 1'000'000;

}  // namespace ocimux
