#include <ocimux/spec/selector.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::ElementsAre;

const std::vector<Platform>& all() {
  static const std::vector<Platform> platforms{
      {"linux", "amd64"},
      {"linux", "amd64", "v2"},
      {"linux", "arm", "v6"},
      {"linux", "arm", "v7"},
      {"linux", "arm64"},
      {"linux", "arm64", "v9"},
      {"windows", "amd64", "", "10.0.17763.1"},
      {"windows", "amd64", "", "10.0.20348.1607"},
      {"windows", "arm64", "", "10.0.20348.1607"},
      {"windows", "amd64"},
  };
  return platforms;
}

std::vector<std::string> picked(std::string_view text) {
  const auto selector = Selector::parse(text);
  if (!selector) return {"no selector"};
  std::vector<std::string> names;
  for (const Platform& platform : all()) {
    if (selector->matches(platform)) names.push_back(platform.string());
  }
  return names;
}

// The platform of that text has the version `20H2`, and no such selector would pick it.
TEST(Selector, NamesOfWindowsReleasesAreForWindows) {
  EXPECT_FALSE(Selector::parse("linux/arm/v7:20H2"));
  EXPECT_FALSE(Selector::parse("linux:ltsc2022"));
  EXPECT_EQ(Selector::parse("WINDOWS:20H2")->string(), "windows:10.0.19042");
}

TEST(Selector, StarAndNothingPickEverything) {
  EXPECT_EQ(picked("*").size(), all().size());
  for (const Platform& platform : all()) EXPECT_TRUE(Selector().matches(platform));
  EXPECT_TRUE(Selector().matches({"unknown", "unknown"}));
}

TEST(Selector, PicksByOperatingSystem) {
  EXPECT_EQ(picked("linux").size(), 6U);
  EXPECT_EQ(picked("Windows").size(), 4U);
  EXPECT_THAT(picked("macos"), ElementsAre());
  EXPECT_TRUE(Selector::parse("macos")->matches({"darwin", "arm64"}));
}

TEST(Selector, PicksByArchitectureInAnySpelling) {
  EXPECT_THAT(picked("windows/arm64"), ElementsAre("windows/arm64:10.0.20348.1607"));
  EXPECT_THAT(picked("windows/aarch64"), ElementsAre("windows/arm64:10.0.20348.1607"));
  EXPECT_THAT(picked("linux/x86_64"), ElementsAre("linux/amd64", "linux/amd64/v2"));
  EXPECT_TRUE(Selector::parse("linux/amd64")->matches({"Linux", "x86_64"}));
}

TEST(Selector, ArmWithoutVariantPicksEveryArm) {
  for (const char* text : {"linux/arm", "linux/ARM", "LINUX/Arm"}) {
    EXPECT_THAT(picked(text), ElementsAre("linux/arm/v6", "linux/arm/v7")) << text;
  }
  EXPECT_TRUE(Selector::parse("linux/arm")->matches({"linux", "arm"}));
}

TEST(Selector, PicksByVariant) {
  EXPECT_THAT(picked("linux/arm/v7"), ElementsAre("linux/arm/v7"));
  EXPECT_THAT(picked("linux/arm/7"), ElementsAre("linux/arm/v7"));
  EXPECT_THAT(picked("linux/armhf"), ElementsAre("linux/arm/v7"));
  EXPECT_THAT(picked("linux/armel"), ElementsAre("linux/arm/v6"));
  EXPECT_THAT(picked("linux/amd64/v2"), ElementsAre("linux/amd64/v2"));
  EXPECT_THAT(picked("linux/arm64/v9"), ElementsAre("linux/arm64/v9"));
}

TEST(Selector, ANamedDefaultVariantPicksThatVariantAlone) {
  EXPECT_THAT(picked("linux/arm64/v8"), ElementsAre("linux/arm64"));
  EXPECT_THAT(picked("linux/amd64/v1"), ElementsAre("linux/amd64"));
  EXPECT_GT(Selector::parse("linux/arm64/v8")->specificity(),
            Selector::parse("linux/arm64")->specificity());
  EXPECT_EQ(Selector::parse("linux/arm64/v8")->string(), "linux/arm64/v8");
  EXPECT_EQ(Selector::parse("linux/amd64/v1")->string(), "linux/amd64/v1");
}

TEST(Selector, PicksByWindowsReleaseOrVersion) {
  EXPECT_THAT(picked("windows:ltsc2022"),
              ElementsAre("windows/amd64:10.0.20348.1607", "windows/arm64:10.0.20348.1607"));
  EXPECT_THAT(picked("windows/amd64:ltsc2022"), ElementsAre("windows/amd64:10.0.20348.1607"));
  EXPECT_THAT(picked("windows:10.0.20348"), picked("windows:LTSC2022"));
  EXPECT_THAT(picked("windows/amd64:10.0.17763.1"), ElementsAre("windows/amd64:10.0.17763.1"));
  EXPECT_THAT(picked("windows:10.0.2034"), ElementsAre()) << "by parts, not by letters";
  EXPECT_EQ(picked("windows:10").size(), 3U);
}

TEST(Selector, IsNothingForWhatIsNone) {
  for (const char* text : {"",
                           "**",
                           "*/amd64",
                           "amd64",
                           "lunix",
                           "linux/",
                           "linux/amd46",
                           "linux//v7",
                           "linux/arm/",
                           "linux/amd64/",
                           "linux/amd64/v2/x",
                           "linux/amd64/v 2",
                           "linux/amd64/@",
                           "/amd64",
                           "linux:",
                           "windows:ltsc2021",
                           "windows:a.b",
                           "linux/amd64:",
                           ":10.0",
                           "KEY",
                           "org.opencontainers",
                           "/path/to/file",
                           "ENV A",
                           "linux amd64"}) {
    EXPECT_EQ(refusal([&] { return Selector::parse(text).has_value(); }), "") << text;
    EXPECT_FALSE(Selector::parse(text).has_value()) << text;
  }
}

TEST(Selector, StringIsReadAgain) {
  for (const char* text : {"*", "linux", "windows/amd64", "linux/arm/v7", "linux/arm",
                           "windows:10.0.20348", "windows/amd64:10.0.20348.1"}) {
    EXPECT_EQ(Selector::parse(text)->string(), text);
  }
  EXPECT_EQ(Selector::parse("Windows/x64:ltsc2022")->string(), "windows/amd64:10.0.20348");
}

TEST(Selector, SaysMoreTheMoreItNames) {
  const auto specificity = [](const char* text) { return Selector::parse(text)->specificity(); };
  EXPECT_LT(specificity("*"), specificity("linux"));
  EXPECT_LT(specificity("linux"), specificity("linux/arm"));
  EXPECT_LT(specificity("linux/arm"), specificity("linux/arm/v7"));
  EXPECT_LT(specificity("windows"), specificity("windows:ltsc2022"));
  EXPECT_LT(specificity("windows/amd64"), specificity("windows/amd64:ltsc2022"));
  EXPECT_LT(specificity("windows:ltsc2022"), specificity("windows/amd64:ltsc2022"));
  EXPECT_EQ(specificity("linux"), specificity("windows"));
}

TEST(ValuesFor, PutsTheMostSpecificLastAndKeepsTheOrderOfEquals) {
  const auto select = [](const char* text) { return *Selector::parse(text); };
  const std::vector<Selected<std::string>> values{
      {select("linux/arm/v7"), "v7"}, {select("*"), "all 1"},
      {select("linux"), "linux 1"},   {select("windows"), "windows"},
      {select("*"), "all 2"},         {select("linux"), "linux 2"},
      {select("linux/arm"), "arm"},   {select("linux/arm64"), "arm64"},
  };
  EXPECT_THAT(values_for({"linux", "arm", "v7"}, values),
              ElementsAre("all 1", "all 2", "linux 1", "linux 2", "arm", "v7"));
  EXPECT_THAT(values_for({"linux", "arm", "v6"}, values),
              ElementsAre("all 1", "all 2", "linux 1", "linux 2", "arm"));
  EXPECT_THAT(values_for({"darwin", "arm64"}, values), ElementsAre("all 1", "all 2"));
  EXPECT_THAT(values_for({"linux", "amd64"}, std::vector<Selected<std::string>>{}), ElementsAre());
}

TEST(VersionWithin, GoesPartByPart) {
  EXPECT_TRUE(version_within("10.0.20348.1607", "10.0.20348"));
  EXPECT_TRUE(version_within("10.0.20348", "10.0.20348"));
  EXPECT_TRUE(version_within("10.0.20348.1607", ""));
  EXPECT_TRUE(version_within("", ""));
  EXPECT_FALSE(version_within("10.0.20348", "10.0.20348.1607"));
  EXPECT_FALSE(version_within("10.0.203480", "10.0.20348"));
  EXPECT_FALSE(version_within("", "10"));
}

TEST(SamePlatform, ComparesNormalizedForms) {
  EXPECT_TRUE(same_platform({"linux", "x86_64"}, {"linux", "amd64", "v1"}));
  EXPECT_TRUE(same_platform({"linux", "arm"}, {"linux", "arm", "v7"}));
  EXPECT_TRUE(same_platform({"linux", "arm64", "v8"}, {"linux", "arm64"}));
  EXPECT_FALSE(same_platform({"linux", "amd64"}, {"linux", "amd64", "v2"}));
  EXPECT_FALSE(same_platform({"linux", "arm", "v6"}, {"linux", "arm", "v7"}));
  EXPECT_FALSE(same_platform({"linux", "amd64"}, {"windows", "amd64"}));
}

TEST(SamePlatform, AsksForVersionAndFeaturesAsFarAsTheWantedSaysAny) {
  const Platform have{"windows", "amd64", "", "10.0.20348.1607", {"win32k"}};
  EXPECT_TRUE(same_platform({"windows", "amd64"}, have));
  EXPECT_TRUE(same_platform({"windows", "amd64", "", "10.0.20348"}, have));
  EXPECT_TRUE(same_platform({"windows", "amd64", "", "10.0.20348.1607", {"win32k"}}, have));
  EXPECT_FALSE(same_platform({"windows", "amd64", "", "10.0.17763"}, have));
  EXPECT_FALSE(same_platform({"windows", "amd64", "", "", {"other"}}, have));
  EXPECT_FALSE(same_platform(have, {"windows", "amd64"}));
}

}  // namespace
}  // namespace ocimux
