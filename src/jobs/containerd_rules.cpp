#include "jobs/containerd_targets.hpp"
#include "jobs/runtime_rules.hpp"
#include "jobs/windows_builds.hpp"

#include <algorithm>
#include <array>
#include <set>

// What containerd's default platform takes. Elsewhere than on Windows every release in use goes by
// the same rule but for os.features, which older ones do not look at. On Windows it changed often.
// Read in the sources of containerd 1.5.18, 1.6.0 to 1.6.36, 1.7.0 to 1.7.27, 2.0.0 to 2.3.0 and of
// the versions of containerd/platforms that they use: platforms/defaults_windows.go,
// platform_windows_compat.go.

namespace ocimux {
namespace {

enum class Prefer { version_text, index_order, revision };

/// What a release of containerd does on Windows.
struct WindowsRelease {
  std::string_view name;
  std::string_view versions;
  bool same_build;      ///< the first three numbers must be the node's, as text
  bool ltsc2025;        ///< a build that nodes behind it go back to at most
  bool takes_empty;     ///< an image without an os.version
  bool other_targets;   ///< 386 on amd64, too
  bool reads_features;  ///< os.features, but for win32k
  Prefer prefer;
};

constexpr std::array<WindowsRelease, 5> releases{{
    {"containerd", "2.2 and later", false, true, true, false, true, Prefer::version_text},
    {"containerd:2.1", "2.0.3 to 2.1", false, true, true, true, false, Prefer::index_order},
    {"containerd:1.7", "1.7.6 to 2.0.2", false, false, true, true, false, Prefer::index_order},
    {"containerd:1.6", "1.6.26 to 1.6.36", false, false, true, false, false, Prefer::revision},
    {"containerd:1.5", "1.5 to 1.6.12", true, false, false, false, false, Prefer::revision},
}};

const WindowsRelease& release_of(std::string_view name) {
  return *std::find_if(releases.begin(), releases.end() - 1,
                       [&](const auto& release) { return release.name == name; });
}

std::string written(const Target& target) {
  return target.architecture + (target.variant.empty() ? "" : "/" + target.variant);
}

std::string target_mismatch(const Platform& image, const Platform& node,
                            const std::vector<Target>& targets) {
  if (image.os != node.os) return "its os is " + image.os;
  std::string taken;
  bool architecture = false;
  for (const Target& target : targets) {
    taken += (taken.empty() ? "" : ", ") + written(target);
    architecture = architecture || target.architecture == image.architecture;
  }
  if (targets.empty()) return "containerd knows no variant " + node.variant + " of arm64";
  if (!architecture) return "its architecture is " + image.architecture;
  return "it is for " + written({image.architecture, image.variant}) + "; the node takes " + taken;
}

/// The os.features of @p image that @p node lacks.
std::string feature_mismatch(std::vector<std::string> image, const Platform& node) {
  std::string lacking;
  for (const std::string& feature : std::set<std::string>(image.begin(), image.end())) {
    const auto& there = node.os_features;
    if (std::find(there.begin(), there.end(), feature) == there.end()) lacking += " " + feature;
  }
  return lacking.empty() ? "" : "the node lacks its os.features:" + lacking;
}

std::vector<std::string> without_win32k(std::vector<std::string> features) {
  const auto found = std::find(features.begin(), features.end(), "win32k");
  if (found != features.end()) features.erase(found);
  return features;
}

Judgement refused(std::string reason) { return {false, std::move(reason)}; }

Judgement judge_target(const Platform& image, const Platform& node,
                       const std::vector<Target>& targets) {
  const Platform normal = containerd_normalized(image, node);
  const auto found =
      std::find(targets.begin(), targets.end(), Target{normal.architecture, normal.variant});
  if (normal.os != node.os || found == targets.end()) {
    return refused(target_mismatch(normal, node, targets));
  }
  return {true, {}, {found - targets.begin()}};
}

// On an equal footing the one with more features goes first.
Judgement judge(const Platform& image, const Platform& node, const std::vector<Target>& targets) {
  Judgement judgement = judge_target(image, node, targets);
  if (!judgement.fits) return judgement;
  const std::string lacking = feature_mismatch(image.os_features, node);
  if (!lacking.empty()) return refused(lacking);
  judgement.rank.push_back(-static_cast<std::int64_t>(image.os_features.size()));
  return judgement;
}

std::string version_mismatch(const Platform& image, const Platform& node,
                             const WindowsRelease& release) {
  const WindowsBuild build = WindowsBuild::parse(node.os_version);
  if (release.same_build) {
    if (image.os_version.starts_with(build.string())) return "";
    return image.os_version.empty() ? "it has no os.version, which this containerd asks for"
                                    : "its os.version is " + image.os_version + ", the node's " +
                                          build.string() + ": they must be the same";
  }
  if (image.os_version.empty()) return "";
  const std::vector<int> stable = release.ltsc2025 ? std::vector<int>{first_stable_build, 26100}
                                                   : std::vector<int>{first_stable_build};
  return windows_mismatch(build, WindowsBuild::parse(image.os_version), stable);
}

Judgement judge_windows(const Platform& image, const Platform& node,
                        const WindowsRelease& release) {
  std::vector<Target> targets{{node.architecture, node.variant}};
  if (release.other_targets) targets = containerd_targets(node);
  Judgement judgement = judge_target(image, node, targets);
  if (!judgement.fits) return judgement;
  const std::string version = version_mismatch(image, node, release);
  if (!version.empty()) return refused(version);
  if (release.reads_features) {
    const std::string lacking = feature_mismatch(without_win32k(image.os_features), node);
    if (!lacking.empty()) return refused(lacking);
  }
  if (release.prefer == Prefer::revision) judgement.rank = {-windows_revision(image.os_version)};
  if (release.prefer == Prefer::version_text) judgement.version = image.os_version;
  return judgement;
}

}  // namespace

RuntimeRule containerd_rule(const MatchNode& node, std::string_view release) {
  const bool windows = node.platform.os == "windows";
  const WindowsRelease& of_windows = release_of(release);
  RuntimeRule rule{"containerd"};
  if (windows) {
    rule.runtime = of_windows.name;
    rule.versions = of_windows.versions;
  }
  const Platform platform = containerd_normalized(node.platform, node.platform);
  const std::vector<Target> targets = containerd_targets(platform);
  rule.judge = [=](const Descriptor& descriptor) -> Judgement {
    if (!descriptor.platform) return {true, {}, {last_rank}};
    return windows ? judge_windows(*descriptor.platform, platform, of_windows)
                   : judge(*descriptor.platform, platform, targets);
  };
  rule.reads_configs = true;
  rule.follows_indexes = true;
  rule.nothing = "no match for platform in manifest: not found";
  return rule;
}

}  // namespace ocimux
