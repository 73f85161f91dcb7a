#include "jobs/windows_builds.hpp"

#include "spec/windows_version.hpp"

#include <array>
#include <charconv>

namespace ocimux {
namespace {

/// The dotted numbers of @p text, as many as there are.
std::vector<int> numbers(std::string_view text) {
  std::vector<int> found;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('.'));
    int number = 0;
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (failure != std::errc() || end != part.data() + part.size() || number < 0) break;
    found.push_back(number);
    text.remove_prefix(part.size());
    if (!text.empty()) text.remove_prefix(1);
  }
  return found;
}

std::string named(int build) {
  const std::string_view name = windows_release_name("10.0." + std::to_string(build));
  return std::to_string(build) + (name.empty() ? "" : " (" + std::string(name) + ")");
}

}  // namespace

WindowsBuild WindowsBuild::parse(std::string_view os_version) {
  constexpr int largest_part = 255;
  constexpr int largest_build = 65535;
  const std::vector<int> parts = numbers(os_version);
  if (parts.size() < 3 || parts[0] > largest_part || parts[1] > largest_part ||
      parts[2] > largest_build) {
    return {};
  }
  return {parts[0], parts[1], parts[2]};
}

std::string WindowsBuild::string() const {
  return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(build);
}

int windows_revision(std::string_view os_version) {
  const std::vector<int> parts = numbers(os_version);
  return parts.size() < 4 ? 0 : parts[3];
}

std::string windows_mismatch(const WindowsBuild& node, const WindowsBuild& image,
                             const std::vector<int>& stable) {
  if (image == WindowsBuild{}) return "its os.version is not of the form 10.0.<build>";
  if (image.major != node.major || image.minor != node.minor) {
    return "its Windows is " + image.string() + ", the node's " + node.string();
  }
  const std::string builds =
      "its build is " + named(image.build) + ", the node's " + named(node.build);
  if (node.build < first_stable_build) {
    return image.build == node.build ? "" : builds + ": up to 20347 a node runs its own build only";
  }
  int oldest = first_stable_build;
  for (const int build : stable) {
    if (build < node.build) oldest = build;
  }
  if (image.build > node.build) return builds + ": a node runs no newer one";
  if (image.build >= oldest) return "";
  return builds + ": this node runs none older than " + named(oldest);
}

}  // namespace ocimux
