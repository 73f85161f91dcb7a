#include "jobs/runtime_rules.hpp"

#include "jobs/choose.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The rules as tables: a node, the platforms of an index in its order, and what the runtime takes.
// e2e.match_like_go compares many more with the runtimes' own code.

namespace ocimux::test {
namespace {

using testing::HasSubstr;

// Platforms are written as they stand in the index: `os/arch/variant`, `:os.version`, `+feature`;
// `-` is a descriptor without a platform.
Descriptor entry(const std::string& text) {
  Descriptor descriptor{"application/vnd.oci.image.manifest.v1+json", Digest::of(text)};
  if (text == "-") return descriptor;
  Platform platform;
  const std::size_t plus = std::min(text.find('+'), text.size());
  if (plus < text.size()) platform.os_features = {text.substr(plus + 1)};
  const std::size_t colon = std::min(text.find(':'), plus);
  if (colon < plus) platform.os_version = text.substr(colon + 1, plus - colon - 1);
  const std::string names = text.substr(0, colon);
  const std::size_t first = names.find('/');
  const std::size_t second = std::min(names.find('/', first + 1), names.size());
  platform.os = names.substr(0, first);
  platform.architecture = names.substr(first + 1, second - first - 1);
  if (second < names.size()) platform.variant = names.substr(second + 1);
  descriptor.platform = platform;
  return descriptor;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, ""));
    }
  }
  return words;
}

std::vector<MatchCandidate> chosen_from(const std::string& runtime, const std::string& node,
                                        const std::string& index) {
  std::vector<Descriptor> entries;
  for (const std::string& word : split(index)) entries.push_back(entry(word));
  const RuntimeRule rule = rule_of(runtime, MatchNode::parse(node), ListKind::oci_index);
  return choose(rule, {candidates_of(entries, {})}, {});
}

// What fits, in the runtime's order; a `!` in front where nothing is chosen.
std::string order(const std::string& runtime, const std::string& node, const std::string& index) {
  std::string text;
  for (const MatchCandidate& each : chosen_from(runtime, node, index)) {
    if (each.verdict == MatchVerdict::does_not_fit) continue;
    text += text.empty() ? "" : " ";
    for (const std::string& word : split(index)) {
      if (each.manifest->digest == Digest::of(word)) text += word;
    }
  }
  return text;
}

struct Row {
  const char* node;
  const char* index;
  const char* order;
};

void check(const std::string& runtime, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(order(runtime, row.node, row.index), row.order)
        << runtime << " on " << row.node << " from " << row.index;
  }
}

TEST(RuntimeRules, ContainerdOnLinux) {
  check("containerd",
        {{"linux/amd64", "linux/386 linux/amd64", "linux/amd64 linux/386"},
         {"linux/amd64", "linux/amd64/v2 linux/386", "linux/386"},
         {"linux/amd64/v3", "linux/386 linux/amd64/v1 linux/amd64/v4 linux/amd64/v2 linux/amd64/v3",
          "linux/amd64/v3 linux/amd64/v2 linux/amd64/v1 linux/386"},
         {"linux/386", "linux/amd64 linux/i386", "linux/i386"},
         {"linux/amd64", "linux/x86_64 linux/amd64v1 linux/x64 Linux/X86-64",
          "linux/x86_64 Linux/X86-64"},
         {"linux/amd64", "windows/amd64:10.0.20348.1 unknown/unknown", ""},
         {"linux/s390x", "linux/s390x linux/s390x/z13", "linux/s390x"},
         {"linux/riscv64", "linux/riscv64:1.0 linux/riscv64", "linux/riscv64:1.0 linux/riscv64"}});
}

TEST(RuntimeRules, ContainerdOnArm) {
  check("containerd",
        {{"linux/arm/v6", "linux/arm/v7 linux/arm/v5 linux/arm/v6", "linux/arm/v6 linux/arm/v5"},
         {"linux/arm", "linux/arm linux/arm/v7 linux/armhf linux/armel",
          "linux/arm linux/arm/v7 linux/armhf linux/armel"},
         {"linux/arm/v5", "linux/arm/v6 linux/arm", ""},
         {"linux/arm64", "linux/arm/v5 linux/arm/v8 linux/arm64/v8 linux/arm",
          "linux/arm64/v8 linux/arm/v8 linux/arm linux/arm/v5"},
         {"linux/arm64", "linux/arm64/v8.1 linux/arm64/v9", ""},
         {"linux/arm64/v8.2", "linux/arm64 linux/arm64/v8.3 linux/arm64/v8.1 linux/arm64/v8.2",
          "linux/arm64/v8.2 linux/arm64/v8.1 linux/arm64"},
         {"linux/arm64/v9", "linux/arm64/v8.6 linux/arm64 linux/arm64/v8.5 linux/arm64/9.0",
          "linux/arm64/9.0 linux/arm64/v8.5 linux/arm64"},
         {"linux/arm64/v9.7", "linux/arm64/v8.9 linux/arm64/v9.6 linux/arm/v8",
          "linux/arm64/v9.6 linux/arm64/v8.9 linux/arm/v8"},
         // A variant it has no line for: nothing at all, not even the same.
         {"linux/arm64/v10", "linux/arm64/v10 linux/arm64 linux/arm/v7", ""},
         {"linux/arm64/v8.10", "linux/arm64/v8.10 linux/arm64", ""},
         {"linux/arm64/v9.8", "linux/arm64/v9.8 linux/arm64", ""}});
}

TEST(RuntimeRules, ContainerdWantsNoFeatureTheNodeLacks) {
  check("containerd",
        {{"linux/amd64", "linux/amd64+gpu linux/amd64", "linux/amd64"},
         {"linux/amd64:+gpu", "linux/amd64 linux/amd64+gpu", "linux/amd64+gpu linux/amd64"}});
  EXPECT_EQ(chosen_from("containerd", "linux/amd64", "linux/amd64+gpu").front().reason,
            "the node lacks its os.features: gpu");
}

TEST(RuntimeRules, ContainerdTakesTheFirstWithoutAPlatformOrNone) {
  check("containerd", {{"linux/amd64", "- linux/386", "linux/386 -"},
                       // Its config does not say what it is, and it does not go on to the next.
                       {"linux/arm/v7", "- linux/amd64", ""}});
  EXPECT_THAT(chosen_from("containerd", "linux/amd64", "-").front().reason,
              HasSubstr("no image config"));
}

constexpr const char* windows_index =
    "windows/amd64:10.0.17763.1 windows/amd64:10.0.17763.999 windows/amd64:10.0.17763.1000 "
    "windows/amd64:10.0.20348.5 windows/amd64:10.0.25398.1 windows/amd64:10.0.26100.7 "
    "windows/amd64:10.0.26200.1";

TEST(RuntimeRules, ContainerdOnWindows) {
  check("containerd",
        {{"windows/amd64:10.0.17763.2", windows_index,
          "windows/amd64:10.0.17763.999 windows/amd64:10.0.17763.1000 windows/amd64:10.0.17763.1"},
         {"windows/amd64:10.0.14393", windows_index, ""},
         {"windows/amd64:ltsc2022", windows_index, "windows/amd64:10.0.20348.5"},
         {"windows/amd64:10.0.25398", windows_index,
          "windows/amd64:10.0.25398.1 windows/amd64:10.0.20348.5"},
         {"windows/amd64:ltsc2025", windows_index,
          "windows/amd64:10.0.26100.7 windows/amd64:10.0.25398.1 windows/amd64:10.0.20348.5"},
         {"windows/amd64:10.0.26200", windows_index,
          "windows/amd64:10.0.26200.1 windows/amd64:10.0.26100.7"},
         {"windows/amd64:ltsc2022", "windows/amd64 windows/amd64:10.0.20348",
          "windows/amd64:10.0.20348 windows/amd64"},
         {"windows/amd64:ltsc2022", "windows/amd64:10.0.20348+win32k windows/amd64:10.0.20348+x",
          "windows/amd64:10.0.20348+win32k"},
         {"windows/amd64:ltsc2022", "windows/amd64:6.3.20348 windows/amd64:next windows/386", ""}});
}

TEST(RuntimeRules, OlderContainerdOnWindows) {
  check("containerd:2.1",
        {{"windows/amd64:ltsc2025", windows_index,
          "windows/amd64:10.0.20348.5 windows/amd64:10.0.25398.1 windows/amd64:10.0.26100.7"},
         {"windows/amd64:10.0.26200", windows_index,
          "windows/amd64:10.0.26100.7 windows/amd64:10.0.26200.1"},
         {"windows/amd64:ltsc2022", "windows/386 windows/amd64", "windows/amd64 windows/386"}});
  check(
      "containerd:1.7",
      {{"windows/amd64:10.0.26200", windows_index,
        "windows/amd64:10.0.20348.5 windows/amd64:10.0.25398.1 windows/amd64:10.0.26100.7 "
        "windows/amd64:10.0.26200.1"},
       {"windows/amd64:1809", windows_index,
        "windows/amd64:10.0.17763.1 windows/amd64:10.0.17763.999 windows/amd64:10.0.17763.1000"}});
  check("containerd:1.6",
        {{"windows/amd64:1809", windows_index,
          "windows/amd64:10.0.17763.1000 windows/amd64:10.0.17763.999 windows/amd64:10.0.17763.1"},
         {"windows/amd64:ltsc2022", "windows/386 windows/amd64", "windows/amd64"}});
  check("containerd:1.5", {{"windows/amd64:ltsc2025", windows_index, "windows/amd64:10.0.26100.7"},
                           {"windows/amd64:1809",
                            "windows/amd64 windows/amd64:10.0.17763.7 windows/amd64:10.0.177630",
                            "windows/amd64:10.0.17763.7 windows/amd64:10.0.177630"}});
}

TEST(RuntimeRules, DockerOnWindows) {
  check("docker",
        {{"windows/amd64:10.0.20348.9", windows_index,
          "windows/amd64:10.0.20348.5 windows/amd64:10.0.17763.1 windows/amd64:10.0.17763.999 "
          "windows/amd64:10.0.17763.1000"},
         {"windows/amd64:1809", windows_index,
          "windows/amd64:10.0.17763.1 windows/amd64:10.0.17763.999 windows/amd64:10.0.17763.1000"},
         {"windows/amd64:10.0.14393.3", windows_index, ""},
         // Without a dot behind the build it is only one of the others.
         {"windows/amd64:1809", "windows/amd64 windows/amd64:10.0.17763 Windows/amd64:10.0.17763.1",
          "Windows/amd64:10.0.17763.1 windows/amd64 windows/amd64:10.0.17763"},
         {"windows/amd64:1809", "- linux/amd64 windows/arm64 windows/x86_64", ""}});
}

TEST(RuntimeRules, DockerOnLinuxGoesByContainerdsRule) {
  check("docker", {{"linux/amd64/v3", "linux/amd64 linux/amd64/v2", "linux/amd64/v2 linux/amd64"},
                   {"linux/arm/v6", "- linux/arm/v7 linux/arm/v5", "linux/arm/v5 -"},
                   {"linux/arm/v6", "- linux/arm/v7", "-"}});
}

TEST(RuntimeRules, PodmanTakesNamesToTheLetter) {
  check("podman", {{"linux/amd64", "linux/386 linux/x86_64 Linux/amd64 linux/amd64/v1 linux/amd64",
                    "linux/amd64"},
                   {"linux/amd64/v2", "linux/amd64 linux/amd64/v1 linux/amd64/v2",
                    "linux/amd64/v2 linux/amd64"},
                   {"linux/arm64", "linux/arm64/v8 linux/arm64 linux/arm64/v9 linux/arm/v7",
                    "linux/arm64 linux/arm64/v8"},
                   {"linux/arm64/v8", "linux/arm64 linux/arm64/v8", "linux/arm64/v8 linux/arm64"},
                   {"linux/arm64/v8.1", "linux/arm64 linux/arm64/v8 linux/arm64/v8.1",
                    "linux/arm64/v8.1 linux/arm64"},
                   {"linux/arm/v6", "linux/arm linux/arm/v7 linux/arm/v5 linux/arm/v6",
                    "linux/arm/v6 linux/arm/v5 linux/arm"},
                   {"linux/arm", "linux/arm/v5 linux/arm/v7 linux/arm/v8 linux/arm",
                    "linux/arm linux/arm/v8 linux/arm/v7 linux/arm/v5"},
                   {"linux/armhf", "linux/arm linux/arm/v7", "linux/arm/v7 linux/arm"},
                   {"linux/amd64", "- linux/amd64:7+gpu", "linux/amd64:7+gpu -"}});
  EXPECT_EQ(chosen_from("podman", "linux/arm64", "linux/aarch64").front().reason,
            "its architecture is aarch64, and podman asks for arm64 to the letter");
}

TEST(RuntimeRules, PodmanPrefersZstdAmongEqualPlatforms) {
  Descriptor gzip = entry("linux/arm64");
  Descriptor zstd = entry("linux/arm64");
  zstd.digest = Digest::of(std::string_view("zstd"));
  zstd.annotations["io.github.containers.compression.zstd"] = "true";
  const auto first = [&](ListKind kind) {
    const RuntimeRule rule = podman_rule(MatchNode::parse("linux/arm64"), kind);
    return choose(rule, {candidates_of({gzip, zstd}, {}), kind}, {}).front().manifest->digest;
  };
  EXPECT_EQ(first(ListKind::oci_index), zstd.digest);
  EXPECT_EQ(first(ListKind::docker_list), gzip.digest);
  const RuntimeRule list = podman_rule(MatchNode::parse("linux/arm64"), ListKind::docker_list);
  EXPECT_FALSE(list.judge(entry("-")).fits);
}

TEST(RuntimeRules, WhatTheySayWhenNothingFits) {
  const auto nothing = [](const std::string& runtime, const std::string& node) {
    return rule_of(runtime, MatchNode::parse(node), ListKind::oci_index).nothing;
  };
  EXPECT_EQ(nothing("docker", "windows/amd64:10.0.17763.5"),
            "no matching manifest for windows/amd64 10.0.17763 in the manifest list entries");
  EXPECT_EQ(nothing("docker", "linux/arm64"),
            "no matching manifest for linux/arm64/v8 in the manifest list entries");
  EXPECT_EQ(nothing("podman", "linux/arm/v7"),
            R"(no image found in image index for architecture "arm", variant "v7", OS "linux")");
}

TEST(RuntimeRules, RefusesWhatIsNoNodeOrRuntime) {
  for (const std::string node : {"windows/amd64", "windows/amd64:10.0", "windows/amd64:newest",
                                 "windows/amd64:10.0.99999999999"}) {
    EXPECT_THAT(refusal([&] { MatchNode::parse(node); }),
                HasSubstr("expected the os.version of a Windows node"));
  }
  EXPECT_THAT(refusal([] { MatchNode::parse("amd64"); }), HasSubstr("expected a platform"));
  const MatchNode node = MatchNode::parse("linux/amd64/v99999999999999999999");
  EXPECT_THAT(refusal([&] { rule_of("containerd:9", node, ListKind::oci_index); }),
              HasSubstr("expected a runtime (containerd, docker, podman, "));
  EXPECT_FALSE(rule_of("containerd", node, ListKind::oci_index).judge(entry("linux/amd64")).fits);
}

}  // namespace
}  // namespace ocimux::test
