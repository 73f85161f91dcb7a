#include "spec/windows_version.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

// hcsshim, osversion/windowsbuilds.go, and the tags of Microsoft's base images.
constexpr std::array<std::pair<const char*, const char*>, 19> builds{{
    {"ltsc2016", "10.0.14393"}, {"1607", "10.0.14393"},     {"1703", "10.0.15063"},
    {"1709", "10.0.16299"},     {"1803", "10.0.17134"},     {"1809", "10.0.17763"},
    {"ltsc2019", "10.0.17763"}, {"1903", "10.0.18362"},     {"1909", "10.0.18363"},
    {"2004", "10.0.19041"},     {"20H2", "10.0.19042"},     {"21H1", "10.0.19043"},
    {"21H2", "10.0.19044"},     {"22H2", "10.0.19045"},     {"ltsc2022", "10.0.20348"},
    {"23H2", "10.0.25398"},     {"ltsc2025", "10.0.26100"}, {"LTSC2022", "10.0.20348"},
    {"20h2", "10.0.19042"},
}};

TEST(WindowsVersion, KnowsTheBuildOfEveryRelease) {
  for (const auto& [name, build] : builds) EXPECT_EQ(windows_os_version(name), build) << name;
}

TEST(WindowsVersion, KnowsNoOtherNames) {
  for (const char* name : {"", "windows", "ltsc2021", "1810", "10.0.20348", "20348", "2O22", "*",
                           "ltsc2022 ", "nanoserver"}) {
    EXPECT_EQ(windows_os_version(name), "") << name;
  }
}

TEST(WindowsReleaseName, IsTheOneBaseImagesAreTaggedWith) {
  constexpr std::array<std::pair<const char*, const char*>, 14> names{{
      {"10.0.14393", "ltsc2016"},
      {"10.0.14393.7428", "ltsc2016"},
      {"10.0.16299.1", "1709"},
      {"10.0.17134", "1803"},
      {"10.0.17763.6532", "1809"},
      {"10.0.18362", "1903"},
      {"10.0.18363", "1909"},
      {"10.0.19041", "2004"},
      {"10.0.19042.1", "20H2"},
      {"10.0.20348.1607", "ltsc2022"},
      {"10.0.20348", "ltsc2022"},
      {"10.0.25398.1", "23H2"},
      {"10.0.26100", "ltsc2025"},
      {"10.0.26100.1742", "ltsc2025"},
  }};
  for (const auto& [version, name] : names) {
    EXPECT_EQ(windows_release_name(version), name) << version;
  }
}

TEST(WindowsReleaseName, IsEmptyForUnknownBuilds) {
  for (const char* version : {"", "10.0", "10.0.2034", "10.0.203480", "10.0.203481.1", "10.0.9600",
                              "6.3.9600", "11.0.20348", "20348", "ltsc2022"}) {
    EXPECT_EQ(windows_release_name(version), "") << version;
  }
}

TEST(WindowsReleaseName, IsANameOfTheSameBuild) {
  for (const auto& [name, build] : builds) {
    EXPECT_EQ(windows_os_version(windows_release_name(build)), build) << name;
  }
}

TEST(CompareVersions, GoesByNumber) {
  EXPECT_LT(compare_versions("10.0.9600", "10.0.14393"), 0);
  EXPECT_GT(compare_versions("10.0.20348.1607", "10.0.20348.887"), 0);
  EXPECT_EQ(compare_versions("10.0.20348", "10.0.20348"), 0);
  EXPECT_EQ(compare_versions("010", "10"), 0);
  EXPECT_EQ(compare_versions("", ""), 0);
  EXPECT_LT(compare_versions("", "0"), 0);
  EXPECT_LT(compare_versions("10.0.20348", "10.0.20348.1"), 0);
  EXPECT_GT(compare_versions("10.0.20348.1", "10.0.20348"), 0);
}

TEST(CompareVersions, ComparesNumbersOfAnyLength) {
  EXPECT_LT(compare_versions("99999999999999999998", "99999999999999999999"), 0);
  EXPECT_GT(compare_versions("100000000000000000000", "99999999999999999999"), 0);
  EXPECT_GT(compare_versions("10.99999999999999999999", "10.1"), 0);
}

TEST(CompareVersions, ComparesTheRestAsText) {
  EXPECT_LT(compare_versions("10.0.a", "10.0.b"), 0);
  EXPECT_NE(compare_versions("-1", "1"), 0);
}

// A sort over what has no order could go anywhere, and differently by the order of arguments.
TEST(CompareVersions, IsAnOrder) {
  const std::vector<std::string> versions{"",   "0",    "2",    "10",   "010",  "1a", "9a",
                                          "a",  "10.0", "10.a", "2.10", "1a.2", ".",  "..",
                                          "+1", "-1",   " 1",   "0x10", "10.",  ".10"};
  for (const auto& a : versions) {
    for (const auto& b : versions) {
      EXPECT_EQ(compare_versions(a, b) < 0, compare_versions(b, a) > 0) << a << " " << b;
      for (const auto& c : versions) {
        if (compare_versions(a, b) < 0 && compare_versions(b, c) < 0) {
          EXPECT_LT(compare_versions(a, c), 0) << a << " < " << b << " < " << c;
        }
        if (compare_versions(a, b) == 0 && compare_versions(b, c) == 0) {
          EXPECT_EQ(compare_versions(a, c), 0) << a << " = " << b << " = " << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace ocimux
