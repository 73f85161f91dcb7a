#include "jobs/containerd_targets.hpp"
#include "jobs/runtime_rules.hpp"
#include "jobs/windows_builds.hpp"
#include "spec/letter_case.hpp"

#include <charconv>
#include <optional>

namespace ocimux {
namespace {

bool is_windows(std::string_view os) { return lower(os) == "windows"; }

// Only the third number counts, whatever the others are; nothing where there is no such number.
std::optional<int> build_of(std::string_view os_version) {
  for (int skipped = 0; skipped < 2; ++skipped) {
    const std::size_t dot = os_version.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    os_version.remove_prefix(dot + 1);
  }
  const std::string_view part = os_version.substr(0, os_version.find('.'));
  int build = 0;
  const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), build);
  if (failure != std::errc() || end != part.data() + part.size()) return std::nullopt;
  return build;
}

Judgement refused(std::string reason) { return {false, std::move(reason)}; }

// Any older build is taken. Whether its containers start is found out later.
std::string older_build(const std::optional<int>& image, const WindowsBuild& node) {
  if (!image || *image == node.build) return "";
  const std::string reason =
      windows_mismatch(node, {node.major, node.minor, *image}, {first_stable_build, 26100});
  return reason.empty() ? "" : "docker pulls it, but only Hyper-V isolation runs it: " + reason;
}

Judgement judge_windows(const Descriptor& descriptor, const Platform& node) {
  const Platform image = descriptor.platform.value_or(Platform{});
  if (!descriptor.platform) return refused("it has no platform, which docker asks for on Windows");
  if (!is_windows(image.os)) return refused("its os is " + image.os);
  if (image.architecture != node.architecture) {
    return refused("its architecture is " + image.architecture);
  }
  const WindowsBuild build = WindowsBuild::parse(node.os_version);
  const auto image_build = build_of(image.os_version);
  if (image_build && *image_build > build.build) {
    return refused(windows_mismatch(build, {build.major, build.minor, *image_build}, {}));
  }
  const bool same = image.os_version.starts_with(build.string() + ".");
  return {true, older_build(image_build, build), {same ? 0 : 1}};
}

std::string format(const Platform& node) {
  std::string text = node.os + "/" + node.architecture;
  const std::string variant =
      node.architecture == "arm64" && node.variant.empty() ? "v8" : node.variant;
  if (!variant.empty()) text += "/" + variant;
  if (node.os == "windows") text += " " + WindowsBuild::parse(node.os_version).string();
  return text;
}

}  // namespace

RuntimeRule docker_rule(const MatchNode& node) {
  RuntimeRule rule{"docker"};
  const Platform platform = node.platform;
  if (platform.os == "windows") {
    rule.judge = [platform](const Descriptor& entry) { return judge_windows(entry, platform); };
  } else {
    rule.judge = containerd_rule(node, "containerd").judge;  // the same library
  }
  rule.nothing = "no matching manifest for " + format(platform) + " in the manifest list entries";
  return rule;
}

}  // namespace ocimux
