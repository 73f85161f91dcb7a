#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Keeps what it is told.
class Told final : public Progress {
 public:
  Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override { return 0; }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
  void end(Task /*task*/) override {}
  void note(std::string_view text) override { notes.emplace_back(text); }
  void warn(std::string_view text) override { warnings.emplace_back(text); }

  std::vector<std::string> notes;
  std::vector<std::string> warnings;
};

const std::string linux_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

MergeOptions one_platform(const Workspace& work, const std::string& dockerfile) {
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.dockerfiles = {{Selector(), work.file("Dockerfile", dockerfile)}};
  return options;
}

std::vector<std::string> history(const Document& config) {
  std::vector<std::string> all;
  for (const Document& entry : config["history"]) {
    if (entry.contains("created_by")) all.push_back(entry["created_by"]);
  }
  return all;
}

TEST(MergeDockerfile, GivesTheSettingsOfItsFinalStage) {
  const Workspace work;
  MergeOptions options =
      one_platform(work,
                   "FROM scratch AS build\nUSER build\nFROM scratch\n"
                   "COPY --from=build /x /\nENV A=1\nUSER a:b\nCMD [\"/app\"]\n");
  Told told;
  merge(options, told);
  const ReadLayout out(options.output);
  out.check();
  const Document config = out.config(0);
  EXPECT_EQ(config["config"]["User"], "a:b");
  EXPECT_EQ(config["config"]["Env"], Document({linux_path, "A=1"}));
  EXPECT_EQ(config["config"]["Cmd"], Document({"/app"}));
  EXPECT_THAT(history(config), ElementsAre("ENV A=1", "USER a:b", R"(CMD ["/app"])"));
  EXPECT_THAT(told.notes, IsEmpty()) << "nothing comes from scratch";
  EXPECT_THAT(told.warnings, IsEmpty());
}

TEST(MergeDockerfile, StandsBetweenAnotherImagesConfigAndChanges) {
  const Workspace work;
  LayoutBuilder other;
  other.simple({"linux", "amd64"});  // its Env is A=b
  MergeOptions options =
      one_platform(work, "FROM example.org/other:1\nENV B=$A\nUSER dockerfile\nWORKDIR x\n");
  options.configs_from = {{Selector(), work.archive("other.tar", other)}};
  options.changes = {{Selector(), "USER change"}, {Selector(), "ENV C=$B"}};
  Told told;
  merge(options, told);
  const Document config = ReadLayout(options.output).config(0);
  EXPECT_THAT(config["config"]["Env"],
              AllOf(testing::Contains("A=b"), testing::Contains("B=b"), testing::Contains("C=b")));
  EXPECT_EQ(config["config"]["User"], "change");
  EXPECT_EQ(config["config"]["WorkingDir"], "/x");
  EXPECT_THAT(told.notes, IsEmpty()) << "the base is known";
}

TEST(MergeDockerfile, TellsWhatTheBaseMayHave) {
  const Workspace work;
  MergeOptions options =
      one_platform(work, "FROM run-tiny:latest\nLABEL a=b\nUSER cnb:cnb\nENV X=$HOME\n");
  Told told;
  merge(options, told);
  ASSERT_EQ(told.notes.size(), 1);
  EXPECT_THAT(told.notes.front(),
              AllOf(HasSubstr("app-linux-amd64.tar: FROM run-tiny:latest: its settings are not "
                              "known; environment, user and labels come from the Dockerfile, more "
                              "environment, entrypoint, command, working directory, more labels, "
                              "ports, volumes, stop signal or health check may be missing"),
                    HasSubstr("; $HOME, not set in the Dockerfile, may come from there; "),
                    HasSubstr("--config-from gives them")));
  EXPECT_THAT(ReadLayout(options.output).config(0)["config"]["Env"], testing::Contains(linux_path));
}

TEST(MergeDockerfile, OfVeleroGivesItsUserAndLabel) {
  const Workspace work;
  const std::string folder = OCIMUX_TESTDATA "/dockerfiles/";
  MergeOptions options = work.options({work.rootfs("velero-main-linux-arm64.tar"),
                                       work.rootfs("velero-main-windows-ltsc2022-amd64.tar")});
  options.dockerfiles = {{selector("linux"), folder + "velero.Dockerfile"},
                         {selector("windows"), folder + "velero-windows.Dockerfile"}};
  options.build_args = {{"OS_VERSION", "ltsc2022"}, {"BIN", "velero"}};
  Told told;
  merge(options, told);
  const ReadLayout out(options.output);
  out.check();
  const Document on_linux = out.config(0)["config"];
  EXPECT_EQ(on_linux["User"], "cnb:cnb");
  EXPECT_EQ(on_linux["Labels"], Document({{"maintainer", "Xun Jiang <jxun@vmware.com>"}}));
  EXPECT_EQ(on_linux["Env"], Document({linux_path}));
  EXPECT_THAT(history(out.config(0)),
              ElementsAre("LABEL maintainer=Xun Jiang <jxun@vmware.com>", "USER cnb:cnb"));
  const Document on_windows = out.config(1)["config"];
  EXPECT_EQ(on_windows["User"], "ContainerUser");
  EXPECT_FALSE(on_windows.contains("Env"));
  EXPECT_THAT(told.warnings, ElementsAre(HasSubstr("HostProcess")));
  EXPECT_THAT(told.notes, testing::Contains(HasSubstr("FROM paketobuildpacks/")));
  EXPECT_THAT(told.notes,
              testing::Contains(HasSubstr("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022:")));
}

TEST(MergeDockerfile, ArgumentsOfThePlatformAreThoseOfTheEntry) {
  const Workspace work;
  MergeOptions options = work.options(
      {work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-arm-v7.tar", "b")});
  options.dockerfiles = {
      {Selector(), work.file("Dockerfile",
                             "FROM scratch\nARG TARGETPLATFORM\nARG TARGETVARIANT\n"
                             "LABEL p=$TARGETPLATFORM v=$TARGETVARIANT\n")}};
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_EQ(out.config(0)["config"]["Labels"], Document({{"p", "linux/amd64"}, {"v", ""}}));
  EXPECT_EQ(out.config(1)["config"]["Labels"], Document({{"p", "linux/arm/v7"}, {"v", "v7"}}));
}

TEST(MergeDockerfile, MostSpecificSelectorWins) {
  const Workspace work;
  MergeOptions options = work.options(
      {work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-arm64.tar", "b")});
  options.dockerfiles = {{selector("linux/arm64"), work.file("arm", "FROM scratch\nUSER arm\n")},
                         {Selector(), work.file("all", "FROM scratch\nUSER all\nCMD [\"all\"]\n")}};
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_EQ(out.config(0)["config"]["User"], "all");
  EXPECT_EQ(out.config(1)["config"]["User"], "arm");
  EXPECT_FALSE(out.config(1)["config"].contains("Cmd")) << "one of them counts";
}

TEST(MergeDockerfile, WarnsOfArgumentsThatNobodyDeclares) {
  const Workspace work;
  MergeOptions options = one_platform(work, "FROM scratch\nARG USED\nUSER $USED\n");
  options.build_args = {{"USED", "x"}, {"UNUSED", "x"}, {"OTHER", "x"}, {"http_proxy", "x"}};
  Told told;
  merge(options, told);
  EXPECT_THAT(
      told.warnings,
      ElementsAre("--build-arg: expected the Dockerfile to have ARG UNUSED and OTHER, found "
                  "none"));
}

TEST(MergeDockerfile, WithoutEffectIsRefused) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"});
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  const std::string file = work.file("Dockerfile", "FROM scratch\n");
  options.dockerfiles = {{Selector(), file}};
  EXPECT_THAT(merge_refusal(work, options).what(),
              StartsWith("--dockerfile: expected a root filesystem, found none"));
  options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.dockerfiles = {{selector("windows"), file}};
  EXPECT_THAT(merge_refusal(work, options).what(),
              StartsWith("--dockerfile: expected a root filesystem for windows, found none"));
  options.dockerfiles.clear();
  options.build_args = {{"A", "b"}};
  EXPECT_THAT(merge_refusal(work, options).what(),
              StartsWith("--build-arg: expected --dockerfile, found none"));
}

TEST(MergeDockerfile, MalformedFilesAreRefusedWithTheLine) {
  const Workspace work;
  Error error = merge_refusal(work, one_platform(work, "FROM scratch\nUSRE x\n"));
  EXPECT_EQ(error.code(), Errc::invalid_argument);
  EXPECT_THAT(error.what(),
              HasSubstr("/Dockerfile:2: expected a Dockerfile instruction, found 'USRE'"));
  error = merge_refusal(work, one_platform(work, "FROM scratch\n" + std::string(1 << 20, '#')));
  EXPECT_THAT(error.what(),
              HasSubstr("/Dockerfile: expected a Dockerfile of at most 1 MiB, found more"));
  MergeOptions options = one_platform(work, "FROM scratch\n");
  options.dockerfiles.front().value = work.path("missing");
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::not_found);
  options.dockerfiles.front().value = "-";
  EXPECT_THAT(merge_refusal(work, options).what(),
              StartsWith("--dockerfile: expected a file, found -"));
  options.dockerfiles.front().value = work.file("binary", "FROM scratch\nUSER \xFF\n");
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::corrupt);
}

}  // namespace
}  // namespace ocimux::test
