#include "jobs/containerd_targets.hpp"

#include "spec/letter_case.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace ocimux {
namespace {

void normalize_architecture(std::string& architecture, std::string& variant) {
  if (architecture == "i386") {
    architecture = "386";
    variant.clear();
  } else if (architecture == "x86_64" || architecture == "x86-64" || architecture == "amd64") {
    architecture = "amd64";
    if (variant == "v1") variant.clear();
  } else if (architecture == "aarch64" || architecture == "arm64") {
    architecture = "arm64";
    if (variant == "8" || variant == "v8" || variant == "v8.0") variant.clear();
    if (variant == "9" || variant == "9.0" || variant == "v9.0") variant = "v9";
  } else if (architecture == "armhf" || architecture == "armel") {
    variant = architecture == "armhf" ? "v7" : "v6";
    architecture = "arm";
  } else if (architecture == "arm") {
    if (variant.empty()) variant = "v7";
    if (variant.size() == 1 && variant[0] >= '5' && variant[0] <= '8') variant.insert(0, "v");
  }
}

/// The number of `v7` or `7`. A node with a variant beyond a hundred has nothing below it.
int number_of(std::string_view variant) {
  if (variant.starts_with('v')) variant.remove_prefix(1);
  constexpr std::size_t most_digits = 2;
  int number = 0;
  const char* end = variant.data() + variant.size();
  const auto [stop, failure] = std::from_chars(variant.data(), end, number);
  return failure == std::errc() && stop == end && variant.size() <= most_digits ? number : 0;
}

void add_smaller(std::vector<Target>& targets, const std::string& architecture, int above,
                 int least) {
  for (int number = above - 1; number >= least; --number) {
    targets.push_back({architecture, "v" + std::to_string(number)});
  }
}

/// The minor of arm64's `v8`, `v8.3`, `v9`, `v9.2`; nothing for one that containerd has no line
/// for.
std::optional<int> minor_of(std::string_view variant, char major, int most) {
  if (variant.size() < 2 || variant[0] != 'v' || variant[1] != major) return std::nullopt;
  if (variant.size() == 2) return 0;
  if (variant.size() != 4 || variant[2] != '.' || variant[3] < '0' || variant[3] > '0' + most) {
    return std::nullopt;
  }
  return variant[3] - '0';
}

void add_minors(std::vector<Target>& targets, const std::string& major, int minor) {
  for (; minor > 0; --minor) targets.push_back({"arm64", major + "." + std::to_string(minor)});
  targets.push_back({"arm64", major == "v8" ? "" : major});
}

std::vector<Target> arm64_targets(const std::string& variant) {
  constexpr int last_v8 = 9;
  constexpr int last_v9 = 7;
  constexpr int v8_of_v9 = 5;  // v9.0 has all of v8.5
  const auto v8 = minor_of(variant.empty() ? "v8" : variant, '8', last_v8);
  const auto v9 = minor_of(variant, '9', last_v9);
  std::vector<Target> targets;
  if (!v8 && !v9) return targets;
  if (v9) add_minors(targets, "v9", *v9);
  add_minors(targets, "v8", v9 ? std::min(*v9 + v8_of_v9, last_v8) : *v8);
  add_smaller(targets, "arm", 9, 5);
  return targets;
}

}  // namespace

Platform containerd_normalized(const Platform& platform, const Platform& node) {
  Platform normal = platform;
  normal.os = lower(platform.os);
  if (normal.os.empty()) normal.os = node.os;
  if (normal.os == "macos") normal.os = "darwin";
  normal.architecture = lower(platform.architecture);
  normal.variant = lower(platform.variant);
  normalize_architecture(normal.architecture, normal.variant);
  return normal;
}

std::vector<Target> containerd_targets(const Platform& node) {
  if (node.architecture == "arm64") return arm64_targets(node.variant);
  std::vector<Target> targets{{node.architecture, node.variant}};
  if (node.architecture == "arm") add_smaller(targets, "arm", number_of(node.variant), 5);
  if (node.architecture == "amd64") {
    const int level = number_of(node.variant);
    add_smaller(targets, "amd64", level, 2);
    if (level > 1) targets.push_back({"amd64", ""});
    targets.push_back({"386", ""});
  }
  return targets;
}

}  // namespace ocimux
