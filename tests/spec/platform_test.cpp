#include <ocimux/spec/platform.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string parsed(std::string_view text) { return Platform::parse(text).string(); }

TEST(Platform, ReadsOsAndArchitecture) {
  EXPECT_EQ(Platform::parse("linux/amd64"), (Platform{"linux", "amd64"}));
  EXPECT_EQ(Platform::parse("windows/amd64"), (Platform{"windows", "amd64"}));
  EXPECT_EQ(Platform::parse("linux/arm/v6"), (Platform{"linux", "arm", "v6"}));
}

TEST(Platform, ReadsVersionBehindAColon) {
  EXPECT_EQ(Platform::parse("windows/amd64:10.0.20348.1607"),
            (Platform{"windows", "amd64", "", "10.0.20348.1607"}));
  EXPECT_EQ(Platform::parse("linux/arm/v7:5.10"), (Platform{"linux", "arm", "v7", "5.10"}));
}

TEST(Platform, ReadsVersionInBrackets) {
  EXPECT_EQ(Platform::parse("windows(10.0.20348.1)/amd64"),
            (Platform{"windows", "amd64", "", "10.0.20348.1"}));
  EXPECT_EQ(Platform::parse("linux(5.10)/arm/v7"), (Platform{"linux", "arm", "v7", "5.10"}));
}

TEST(Platform, ReadsVersionBehindOsver) {
  EXPECT_EQ(Platform::parse("windows/amd64,osver=10.0.17763.1"),
            (Platform{"windows", "amd64", "", "10.0.17763.1"}));
  EXPECT_EQ(Platform::parse("linux/arm64/v9,osver=5.10"),
            (Platform{"linux", "arm64", "v9", "5.10"}));
}

TEST(Platform, ReadsNamesOfWindowsReleases) {
  EXPECT_EQ(parsed("windows/amd64:ltsc2022"), "windows/amd64:10.0.20348");
  EXPECT_EQ(parsed("windows(20H2)/amd64"), "windows/amd64:10.0.19042");
  EXPECT_EQ(parsed("Windows/AMD64,osver=LTSC2025"), "windows/amd64:10.0.26100");
  EXPECT_EQ(parsed("linux/amd64:1809"), "linux/amd64:1809") << "no release of Linux";
}

TEST(Platform, ReadsFeaturesBehindTheVersion) {
  const Platform platform = Platform::parse("windows(10.0.20348.1+win32k+abc+win32k)/amd64");
  EXPECT_EQ(platform.os_version, "10.0.20348.1");
  EXPECT_THAT(platform.os_features, ElementsAre("abc", "win32k"));
  EXPECT_EQ(Platform::parse("linux(+gpu)/amd64"), (Platform{"linux", "amd64", "", "", {"gpu"}}));
}

// containerd, platforms/database.go and its tests; then aliases of ours.
TEST(Platform, NormalizesAsContainerdDoes) {
  const std::pair<const char*, const char*> table[] = {
      {"linux/i386", "linux/386"},
      {"linux/i386/v3", "linux/386"},
      {"linux/x86_64", "linux/amd64"},
      {"linux/x86-64", "linux/amd64"},
      {"linux/amd64/v1", "linux/amd64"},
      {"linux/x86_64/v1", "linux/amd64"},
      {"linux/amd64/v2", "linux/amd64/v2"},
      {"linux/amd64/v3", "linux/amd64/v3"},
      {"linux/aarch64", "linux/arm64"},
      {"linux/arm64/8", "linux/arm64"},
      {"linux/arm64/v8", "linux/arm64"},
      {"linux/arm64/v8.0", "linux/arm64"},
      {"linux/aarch64/v8.1", "linux/arm64/v8.1"},
      {"linux/arm64/9", "linux/arm64/v9"},
      {"linux/arm64/9.0", "linux/arm64/v9"},
      {"linux/arm64/v9.0", "linux/arm64/v9"},
      {"linux/arm64/v9.2", "linux/arm64/v9.2"},
      {"linux/armhf", "linux/arm/v7"},
      {"linux/armel", "linux/arm/v6"},
      {"linux/arm", "linux/arm/v7"},
      {"linux/arm/7", "linux/arm/v7"},
      {"linux/arm/5", "linux/arm/v5"},
      {"linux/arm/6", "linux/arm/v6"},
      {"linux/arm/8", "linux/arm/v8"},
      {"linux/arm/V6", "linux/arm/v6"},
      {"LINUX/ARM64", "linux/arm64"},
      {"macos/arm64", "darwin/arm64"},
      {"macOS/aarch64", "darwin/arm64"},
      {"linux/riscv64", "linux/riscv64"},
      {"linux/s390x", "linux/s390x"},
      {"linux/ppc64le", "linux/ppc64le"},
  };
  for (const auto& [text, expected] : table) EXPECT_EQ(parsed(text), expected) << text;
}

TEST(Platform, ReadsTheAliasesPeopleUse) {
  const std::pair<const char*, const char*> table[] = {
      {"arm64v8", "arm64"},     {"arm32v5", "arm/v5"},
      {"arm32v6", "arm/v6"},    {"arm32v7", "arm/v7"},
      {"armv6l", "arm/v6"},     {"armv7l", "arm/v7"},
      {"armv7", "arm/v7"},      {"amd64v2", "amd64/v2"},
      {"x64", "amd64"},         {"i486", "386"},
      {"i686", "386"},          {"x86", "386"},
      {"ppc64el", "ppc64le"},   {"loongarch64", "loong64"},
      {"mips64el", "mips64le"}, {"X86_64", "amd64"},
      {"ArmHF", "arm/v7"},
  };
  for (const auto& [name, expected] : table) {
    EXPECT_EQ(parsed("linux/" + std::string(name)), "linux/" + std::string(expected));
    EXPECT_TRUE(is_known_architecture(name)) << name;
  }
}

TEST(Platform, NormalizedSortsFeaturesAndDropsRepeats) {
  const Platform platform{"Windows", "AMD64", "", "10.0.20348.1", {"win32k", "a", "win32k"}};
  EXPECT_EQ(platform.normalized(),
            (Platform{"windows", "amd64", "", "10.0.20348.1", {"a", "win32k"}}));
}

TEST(Platform, NormalizedIsItsOwnNormalForm) {
  for (const char* text : {"linux/arm", "linux/armel", "linux/arm64v9", "linux/amd64v4",
                           "windows(ltsc2019+win32k)/x64", "macos/aarch64"}) {
    const Platform platform = Platform::parse(text);
    EXPECT_EQ(platform.normalized(), platform) << text;
    EXPECT_EQ(Platform::parse(platform.string()).string(), platform.string()) << text;
  }
}

class PlatformRefuses : public testing::TestWithParam<const char*> {};

TEST_P(PlatformRefuses, WhatIsMalformed) {
  EXPECT_THAT(
      refusal([] { return Platform::parse(GetParam()); }),
      AllOf(StartsWith("invalid_argument: expected a platform (os/arch[/variant][:os.version]), "
                       "found '" +
                       std::string(GetParam()) + "': "),
            HasSubstr("[for example linux/amd64")));
}

INSTANTIATE_TEST_SUITE_P(
    Texts, PlatformRefuses,
    testing::Values("", "linux", "amd64", "/", "/amd64", "linux/", "linux//v7", "linux/amd64/",
                    "linux/arm/v7/", "linux/amd64/v2/x", "linux/amd64/v 2", "lunix/amd64",
                    "linux/amd46", "amd64/linux", "linux-amd64",
                    "linux/amd64:", "linux/amd64,osver=", "windows()/amd64", "windows(10.0.1/amd64",
                    "windows10.0.1)/amd64", "windows(10.0.1)/amd64:10.0.2",
                    "windows(10.0.1)/amd64,osver=10.0.2", "windows/amd64:10.0/1",
                    "windows/amd64:10 0", "windows/amd64:10.0.1:2", "windows/amd64:1+",
                    "windows/amd64:1++a", "windows/amd64:1+a b", " linux/amd64", "linux /amd64",
                    "linux/amd64 ", "linux/amd64,variant=v2", "unknown/unknown", "linux/amd64@x"));

TEST(Platform, RefusalNamesThePartThatIsWrong) {
  EXPECT_THAT(refusal([] { return Platform::parse("lunix/amd64"); }),
              HasSubstr("'lunix' is no operating system"));
  EXPECT_THAT(refusal([] { return Platform::parse("linux/amd46"); }),
              HasSubstr("'amd46' is no architecture"));
  EXPECT_THAT(refusal([] { return Platform::parse("linux/arm/v7/x"); }),
              HasSubstr("'v7/x' is no variant"));
}

TEST(Platform, StringLeavesOutWhatIsEmpty) {
  EXPECT_EQ((Platform{"linux", "amd64"}.string()), "linux/amd64");
  EXPECT_EQ((Platform{"linux", "arm", "v7", "1.2"}.string()), "linux/arm/v7:1.2");
}

TEST(Platform, UnknownIsBuildKitsPlaceholderOnly) {
  EXPECT_TRUE((Platform{"unknown", "unknown"}.unknown()));
  EXPECT_FALSE((Platform{"unknown", "amd64"}.unknown()));
  EXPECT_FALSE((Platform{"linux", "unknown"}.unknown()));
}

TEST(Platform, KnowsOperatingSystemsInAnyCase) {
  for (const char* os : {"linux", "Windows", "DARWIN", "macos", "freebsd", "wasip1"}) {
    EXPECT_TRUE(is_known_os(os)) << os;
  }
  for (const char* os : {"", "lin", "linuxx", "unknown", "win", "amd64"}) {
    EXPECT_FALSE(is_known_os(os)) << os;
  }
  EXPECT_FALSE(is_known_architecture(""));
  EXPECT_FALSE(is_known_architecture("unknown"));
}

TEST(IndexOrder, IsByPlatformNewestWindowsFirstUnknownLast) {
  const std::vector<Platform> expected{
      {"darwin", "arm64"},
      {"linux", "amd64"},
      {"linux", "amd64", "v2"},
      {"linux", "arm", "v6"},
      {"linux", "arm", "v7"},
      {"linux", "arm64"},
      {"windows", "amd64", "", "10.0.26100.1742"},
      {"windows", "amd64", "", "10.0.20348.1607"},
      {"windows", "amd64", "", "10.0.20348.887"},
      {"windows", "amd64", "", "10.0.20348"},
      {"windows", "amd64", "", "10.0.17763.1"},
      {"windows", "amd64", "", "10.0.17763.1", {"win32k"}},
      {"windows", "amd64"},
      {"zos", "s390x"},
      {"unknown", "unknown"},
  };
  std::vector<Platform> shuffled = expected;
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    std::stable_sort(shuffled.begin(), shuffled.end(),
                     [](const auto& a, const auto& b) { return index_order(a, b) < 0; });
    EXPECT_EQ(shuffled, expected);
  }
}

TEST(IndexOrder, EqualMeansTheSamePlatform) {
  const Platform platform{"windows", "amd64", "", "10.0.20348.1", {"win32k"}};
  EXPECT_TRUE(index_order(platform, platform) == 0);
}

}  // namespace
}  // namespace ocimux
