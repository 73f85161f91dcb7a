#include "source/file_name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace ocimux {
namespace {

// Platform, and behind a blank the Windows release in the name.
std::string named(std::string_view file_name) {
  const auto found = platform_in_name(file_name);
  if (!found) return "nothing";
  return found->platform.string() + (found->windows_name.empty() ? "" : " " + found->windows_name);
}

TEST(PlatformInName, ReadsTheNamesOfVelerosTarballs) {
  const std::pair<const char*, const char*> table[] = {
      {"velero-main-linux-amd64.tar", "linux/amd64"},
      {"velero-main-linux-arm64.tar", "linux/arm64"},
      {"velero-v1.15.0-linux-ppc64le.tar", "linux/ppc64le"},
      {"velero-v1.15.0-rc.1-linux-s390x.tar", "linux/s390x"},
      {"velero-restore-helper-main-linux-arm.tar", "linux/arm"},
      {"velero-main-windows-ltsc2022-amd64.tar", "windows/amd64:10.0.20348 ltsc2022"},
      {"velero-main-windows-1809-amd64.tar", "windows/amd64:10.0.17763 1809"},
      {"velero-main-windows-20H2-amd64.tar", "windows/amd64:10.0.19042 20H2"},
      {"velero-main-windows-ltsc2025-amd64.tar", "windows/amd64:10.0.26100 ltsc2025"},
  };
  for (const auto& [name, expected] : table) EXPECT_EQ(named(name), expected) << name;
}

TEST(PlatformInName, ReadsVariantsAndAliases) {
  const std::pair<const char*, const char*> table[] = {
      {"app-linux-arm-v7.tar", "linux/arm/v7"},
      {"app_linux_arm_v6.tar", "linux/arm/v6"},
      {"app-linux-armv7.tar", "linux/arm/v7"},
      {"app-linux-armhf.tar", "linux/arm/v7"},
      {"app-linux-armel.tar", "linux/arm/v6"},
      {"app-linux-arm64v8.tar", "linux/arm64"},
      {"app-linux-arm64-v8.tar", "linux/arm64"},
      {"app-linux-aarch64.tar", "linux/arm64"},
      {"app-linux-x86_64.tar", "linux/amd64"},
      {"app_linux_x86_64.tar", "linux/amd64"},
      {"app-linux-x86-64.tar", "linux/amd64"},
      {"app-linux-amd64-v2.tar", "linux/amd64/v2"},
      {"app-linux-x86_64-v3.tar", "linux/amd64/v3"},
      {"app-linux-i386.tar", "linux/386"},
      {"app-linux-386.tar", "linux/386"},
      {"app-macos-arm64.tar", "darwin/arm64"},
  };
  for (const auto& [name, expected] : table) EXPECT_EQ(named(name), expected) << name;
}

TEST(PlatformInName, LeavesAPlainArmWithoutVariant) {
  EXPECT_EQ(platform_in_name("app-linux-arm.tar")->platform, (Platform{"linux", "arm"}));
  EXPECT_EQ(platform_in_name("app-linux-ARM.tar")->platform, (Platform{"linux", "arm"}));
}

TEST(PlatformInName, TakesEverySeparatorAndMix) {
  for (const char* name :
       {"app-linux-arm64.tar", "app_linux_arm64.tar", "app.linux.arm64.tar", "app-linux_arm64.tar",
        "app_linux.arm64.tar", "linux-arm64.tar", "linux_arm64", "app-linux-arm64"}) {
    EXPECT_EQ(named(name), "linux/arm64") << name;
  }
}

TEST(PlatformInName, TakesTheSuffixesOfArchives) {
  for (const char* suffix :
       {".tar", ".tar.gz", ".tgz", ".tar.zst", ".tar.zstd", ".tzst", ".tar.xz", ".txz", ".tar.bz2",
        ".tbz2", ".oci", ".oci.tar", ".oci-archive", ".docker.tar.gz", ".TAR", ".Tar.Gz", ""}) {
    EXPECT_EQ(named("app-linux-arm64" + std::string(suffix)), "linux/arm64") << suffix;
  }
}

TEST(PlatformInName, ReadsUpperCase) {
  EXPECT_EQ(named("APP-Linux-AMD64.tar"), "linux/amd64");
  EXPECT_EQ(named("App-WINDOWS-LTSC2022-AMD64.tar"), "windows/amd64:10.0.20348 LTSC2022");
}

TEST(PlatformInName, ReadsVersionsInNumbers) {
  EXPECT_EQ(named("app-windows-10.0.20348.1-amd64.tar"), "windows/amd64:10.0.20348.1");
  EXPECT_EQ(named("app-windows-10.0.20348-amd64.tar"), "windows/amd64:10.0.20348");
  EXPECT_EQ(named("app_windows_10_0_20348_amd64.tar"), "windows/amd64:10.0.20348");
  EXPECT_EQ(named("app-windows-amd64.tar"), "windows/amd64");
}

TEST(PlatformInName, TakesTheLastPlatformOfSeveralWords) {
  EXPECT_EQ(named("linux-tools-linux-arm64.tar"), "linux/arm64");
  EXPECT_EQ(named("windows-agent-linux-amd64.tar"), "linux/amd64");
  EXPECT_EQ(named("linux-amd64-on-windows-1809-amd64.tar"), "windows/amd64:10.0.17763 1809");
  EXPECT_EQ(named("linux-linux-amd64.tar"), "linux/amd64");
}

TEST(PlatformInName, GivesNothingWhereTheNameDoesNotEndLikeThat) {
  for (const char* name : {"",
                           ".tar",
                           "app.tar",
                           "linux.tar",
                           "amd64.tar",
                           "app-linux.tar",
                           "app-amd64.tar",
                           "linux-tools.tar",
                           "linux-amd64-tools.tar",
                           "app-amd64-linux.tar",
                           "linuxamd64.tar",
                           "app-linux-amd46.tar",
                           "app-linux--amd64.tar",
                           "app-linux-1.0-amd64.tar",
                           "velero-linux-amd64-v1.15.0.tar",
                           "app-linux-amd64-1.tar",
                           "app-linux-arm-v.tar",
                           "app-linux-ltsc2022-amd64.tar",
                           "app-windows-ltsc2021-amd64.tar",
                           "app-windows-v1-amd64.tar",
                           "app-windows-10-amd64.tar",
                           "app-windows-7.1-amd64.tar",
                           "app-windows--amd64.tar",
                           "app-linux-v7.tar",
                           "app-linux-v7-arm.tar",
                           "-",
                           "---",
                           "..."}) {
    EXPECT_EQ(named(name), "nothing") << name;
  }
}

// Node's packages and the like: no Go program for JavaScript runs on anything but wasm.
TEST(PlatformInName, TakesNoPackageForJavaScriptForAPlatform) {
  EXPECT_EQ(named("app.js-amd64.tar"), "nothing");
  EXPECT_EQ(named("app-js-wasm.tar"), "js/wasm");
}

TEST(PlatformOfDirectory, ReadsBuildKitsNames) {
  const std::pair<const char*, const char*> table[] = {
      {"linux_amd64", "linux/amd64"},
      {"linux_arm64", "linux/arm64"},
      {"linux_arm_v7", "linux/arm/v7"},
      {"linux_amd64_v2", "linux/amd64/v2"},
      {"windows_amd64", "windows/amd64"},
      {"windows(10.0.20348.1)_amd64", "windows/amd64:10.0.20348.1"},
      {"linux_x86_64", "linux/amd64"},
  };
  for (const auto& [name, expected] : table) {
    const auto platform = platform_of_directory(name);
    ASSERT_TRUE(platform.has_value()) << name;
    EXPECT_EQ(platform->string(), expected);
  }
}

TEST(PlatformOfDirectory, GivesNothingForOtherNames) {
  for (const char* name :
       {"", "_", "usr", "linux", "amd64", "linux_", "_amd64", "linux_amd46", "linux-amd64",
        "lib_x86", "linux_amd64_", "linux_arm_v7_x", "x_linux_amd64", "unknown_unknown"}) {
    EXPECT_FALSE(platform_of_directory(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace ocimux
