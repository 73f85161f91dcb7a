#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

MergeInput said(const std::string& platform, const std::string& path) {
  return {path, Platform::parse(platform)};
}

TEST(MergePlatforms, IndexIsInTheOrderOfPlatforms) {
  const Workspace work;
  MergeOptions options =
      work.options({work.rootfs("a-windows-1809-amd64.tar"), work.rootfs("b-linux-s390x.tar"),
                    work.rootfs("c-linux-armv7.tar"), work.rootfs("d-windows-ltsc2022-amd64.tar"),
                    work.rootfs("e-linux-amd64.tar"), work.rootfs("f-linux-arm-v6.tar"),
                    work.rootfs("g-linux-aarch64.tar")});
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(),
              ElementsAre("linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64",
                          "linux/s390x", "windows/amd64:10.0.20348", "windows/amd64:10.0.17763"));
}

TEST(MergePlatforms, DuplicatesNameBothInputs) {
  const Workspace work;
  const Error error = merge_refusal(
      work, work.options({work.rootfs("one-linux-amd64.tar"), work.rootfs("b-linux-arm64.tar"),
                          work.rootfs("two_linux_x86_64.tar")}));
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("one-linux-amd64.tar"));
  EXPECT_THAT(error.what(), HasSubstr("two_linux_x86_64.tar"));
  EXPECT_THAT(error.hint(), Not(testing::IsEmpty()));
}

TEST(MergePlatforms, WindowsEntriesMustBeToldApart) {
  const Workspace work;
  const std::string a = work.rootfs("a.tar", "a");
  const std::string b = work.rootfs("b.tar", "b");
  const auto both = [&](const std::string& one, const std::string& two) {
    MergeOptions options = work.options({});
    options.inputs = {said(one, a), said(two, b)};
    return options;
  };
  for (const auto& [one, two] : std::vector<std::pair<std::string, std::string>>{
           {"windows/amd64", "windows/amd64"},
           {"windows/amd64:10.0.20348", "windows/amd64"},
           {"windows/amd64:10.0.20348.1", "windows/amd64:10.0.20348.1"}}) {
    const Error error = merge_refusal(work, both(one, two));
    EXPECT_EQ(error.code(), Errc::conflict);
    EXPECT_THAT(error.hint(), HasSubstr("os.version"));
  }
  merge(both("windows/amd64:10.0.20348.1", "windows/amd64:10.0.20348.2"));
}

TEST(MergePlatforms, WindowsNamesBecomeBuildsWithANote) {
  const Workspace work;
  const MergeOptions options = work.options({work.rootfs("app-windows-20H2-amd64.tar")});
  RecordingProgress progress;
  merge(options, progress);
  const ReadLayout out(options.output);
  EXPECT_THAT(out.platforms(), ElementsAre("windows/amd64:10.0.19042"));
  EXPECT_EQ(out.config(0)["os.version"], "10.0.19042");
  EXPECT_FALSE(out.config(0)["config"].contains("Env"));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("'20H2'")));
}

TEST(MergePlatforms, BetterKnownVersionsWinOverNames) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-windows-ltsc2022-amd64.tar")});
  options.os_versions = {{selector("windows:ltsc2022"), "10.0.20348.1607"}};
  RecordingProgress progress;
  merge(options, progress);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("windows/amd64:10.0.20348.1607"));
  EXPECT_THAT(progress.notes(), SizeIs(0));
  options.os_versions = {{Selector(), "10.0.17763.1"}};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::conflict);
}

TEST(MergePlatforms, MostSpecificSelectorWins) {
  const Workspace work;
  MergeOptions options =
      work.options({work.rootfs("a-linux-amd64.tar"), work.rootfs("b-linux-arm64.tar"),
                    work.rootfs("c.tar"), work.rootfs("d.tar")});
  options.inputs[2].platform = Platform::parse("windows/amd64:10.0.20348");
  options.inputs[3].platform = Platform::parse("windows/amd64:10.0.17763");
  options.os_features = {{selector("windows:ltsc2022"), {"win32k"}},
                         {selector("windows"), {"a", "b"}}};
  options.variants = {{selector("linux/amd64"), "v2"}, {selector("linux"), "v9"}};
  options.os_versions = {{selector("windows:10.0.20348"), "10.0.20348.5"},
                         {selector("windows:1809"), "10.0.17763.7"}};
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_THAT(out.platforms(),
              ElementsAre("linux/amd64/v2", "linux/arm64/v9", "windows/amd64:10.0.20348.5",
                          "windows/amd64:10.0.17763.7"));
  const Document index = out.index();
  EXPECT_EQ(index["manifests"][2]["platform"]["os.features"], Document({"win32k"}));
  EXPECT_EQ(index["manifests"][3]["platform"]["os.features"], Document({"a", "b"}));
  EXPECT_EQ(out.config(2)["os.features"], Document({"win32k"}));
  EXPECT_EQ(out.config(0)["variant"], "v2");
}

TEST(MergePlatforms, ExactlyThoseThatAreAskedFor) {
  const Workspace work;
  MergeOptions options =
      work.options({work.rootfs("a-linux-amd64.tar"), work.rootfs("b-linux-arm64.tar"),
                    work.rootfs("c-linux-armv7.tar"), work.rootfs("d-windows-1809-amd64.tar")});
  options.platforms = {Platform::parse("linux/arm"), Platform::parse("windows/amd64")};
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(),
              ElementsAre("linux/arm/v7", "windows/amd64:10.0.17763"));
  options.platforms.push_back(Platform::parse("linux/s390x"));
  const Error error = merge_refusal(work, options);
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), HasSubstr("linux/s390x"));
  EXPECT_THAT(error.what(), HasSubstr("linux/arm64"));
}

TEST(MergePlatforms, ContradictionsStopOrAreAllowed) {
  const Workspace work;
  LayoutBuilder lying;  // the descriptor says arm64, the config amd64
  const std::string manifest = lying.image({.platform = {"linux", "amd64"}});
  lying.top_descriptor(LayoutBuilder::image_descriptor(manifest, {"linux", "arm64"}));
  LayoutBuilder amd64;
  amd64.simple({"linux", "amd64"});
  struct Case {
    MergeInput input;
    std::string one, two, result;
  };
  for (const Case& one : std::vector<Case>{
           {said("linux/arm64", work.rootfs("a-linux-amd64.tar")), "linux/arm64 (the command line)",
            "linux/amd64 (its file name)", "linux/arm64"},
           {{work.archive("b.tar", lying)},
            "linux/arm64 (its descriptor)",
            "linux/amd64 (its config)",
            "linux/arm64"},
           {{work.archive("c-linux-arm64.tar", amd64)},
            "linux/amd64 (its config)",
            "linux/arm64 (its file name)",
            "linux/amd64"},
           {said("linux/s390x", work.archive("d.tar", amd64)), "linux/s390x (the command line)",
            "linux/amd64 (its config)", "linux/s390x"}}) {
    MergeOptions options = work.options({});
    options.inputs = {one.input};
    const Error error = merge_refusal(work, options);
    EXPECT_EQ(error.code(), Errc::conflict);
    EXPECT_THAT(error.what(), HasSubstr(one.one));
    EXPECT_THAT(error.what(), HasSubstr(one.two));
    EXPECT_THAT(error.what(), HasSubstr(one.input.reference));
    options.allow_mismatch = true;
    options.output = work.path("out-" + sha256(one.one));
    RecordingProgress progress;
    merge(options, progress);
    EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr(one.one)));
    EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre(one.result));
  }
}

TEST(MergePlatforms, WhatOneLeavesOpenIsNoContradiction) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.image({.platform = {"linux", "arm"}});
  builder.top_descriptor(LayoutBuilder::image_descriptor(manifest, {"linux", "arm", "v6"}));
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/arm/v6"));
}

TEST(MergePlatforms, NothingThatSaysThePlatformIsAnError) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app.tar")});
  const Error error = merge_refusal(work, options);
  EXPECT_EQ(error.code(), Errc::invalid_argument);
  EXPECT_THAT(error.hint(), HasSubstr("linux/amd64=" + options.inputs[0].reference));
}

TEST(MergePlatforms, OnePlatformForSeveralImagesIsAnError) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"});
  builder.simple({"linux", "arm64"});
  MergeOptions options = work.options({});
  options.inputs = {said("linux/amd64", work.archive("in.tar", builder))};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace ocimux::test
