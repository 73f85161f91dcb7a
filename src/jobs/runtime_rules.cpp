#include "jobs/runtime_rules.hpp"

#include <ocimux/base/error.hpp>

#include "jobs/windows_builds.hpp"
#include "spec/letter_case.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// Platform::parse() fills in arm's v7 and drops arm64's v8, as containerd does; containers/image
// tells `arm` from `arm/v7` and `arm64` from `arm64/v8`.
std::string said_variant(std::string_view text, const Platform& parsed) {
  text = text.substr(0, text.find_first_of(":,"));
  const std::size_t first = text.find('/');
  const std::size_t second = text.find('/', first + 1);
  if (second != std::string_view::npos) {
    std::string variant = lower(text.substr(second + 1));
    const bool number = variant.find_first_not_of("0123456789.") == std::string::npos;
    return number ? "v" + variant : variant;
  }
  return lower(text.substr(first + 1)) == "arm" ? "" : parsed.variant;
}

}  // namespace

MatchNode MatchNode::parse(std::string_view text) {
  MatchNode node{Platform::parse(text), {}};
  node.variant = said_variant(text, node.platform);
  if (node.platform.os == "windows" &&
      WindowsBuild::parse(node.platform.os_version) == WindowsBuild{}) {
    throw Error(Errc::invalid_argument,
                "expected the os.version of a Windows node (10.0.<build>), found '" +
                    std::string(text) + "'",
                "for example windows/amd64:ltsc2022 or windows/amd64:10.0.20348.1607");
  }
  return node;
}

std::vector<std::string> runtime_names() {
  return {"containerd",     "docker",         "podman",        "containerd:2.1",
          "containerd:1.7", "containerd:1.6", "containerd:1.5"};
}

RuntimeRule rule_of(std::string_view runtime, const MatchNode& node, ListKind kind) {
  const std::vector<std::string> names = runtime_names();
  if (std::find(names.begin(), names.end(), runtime) == names.end()) {
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    throw Error(Errc::invalid_argument,
                "expected a runtime (" + known + "), found '" + std::string(runtime) + "'");
  }
  if (runtime == "docker") return docker_rule(node);
  if (runtime == "podman") return podman_rule(node, kind);
  return containerd_rule(node, runtime);
}

}  // namespace ocimux
