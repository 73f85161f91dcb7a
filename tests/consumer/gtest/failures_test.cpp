// Every matcher, where it matches and where it does not, and what it says then.
#include <ocimux/gtest.hpp>
#include <ocimux/jobs/merge.hpp>

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace {

using namespace ocimux::gtest;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const char* const both = "both:main";

/// What @p matcher says of @p reference, which it must not match.
template <typename Matcher>
std::string failure(const std::string& reference, const Matcher& matcher) {
  testing::StringMatchResultListener listener;
  EXPECT_FALSE(testing::ExplainMatchResult(matcher, reference, &listener)) << reference;
  return listener.str();
}

class Matchers : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    ocimux::MergeOptions options;
    options.inputs = {{"velero-main-linux-amd64.tar"}, {"velero-main-linux-arm64.tar"}};
    options.changes = {{{}, "ENTRYPOINT [\"/velero\"]"},
                       {{}, "CMD [\"server\"]"},
                       {{}, "ENV A=b"},
                       {{}, "LABEL l=v"},
                       {{}, "WORKDIR /w"}};
    options.output = "both";
    options.tags = {"main"};
    ocimux::merge(options);
    options.output = "archive.tar";
    ocimux::merge(options);
    options.inputs = {{"later-linux-amd64.tar"}, {"velero-main-linux-arm64.tar"}};
    options.output = "later";
    ocimux::merge(options);
    options.changes.push_back({{}, "USER 5"});
    options.output = "other";
    ocimux::merge(options);
  }
};

TEST_F(Matchers, TakeReferencesOfAnyKind) {
  EXPECT_THAT("both", HasPlatforms("linux/amd64", "linux/arm64"));
  EXPECT_THAT(std::string("archive.tar"), HasPlatforms("linux/arm64", "linux/amd64"));
  EXPECT_THAT(std::filesystem::path("both"), HasPlatforms("linux/amd64", "linux/arm64"));
  EXPECT_THAT("velero-main-linux-amd64.tar", HasFile("linux/amd64", "velero", 0755));
}

TEST_F(Matchers, SayWhichPlatformsThereAre) {
  EXPECT_THAT(both, ContainsPlatforms("linux/arm64"));
  EXPECT_THAT(both, ContainsPlatforms("linux/aarch64", "linux/x86_64"));
  EXPECT_THAT(both, Not(ContainsPlatforms("linux/s390x")));
  EXPECT_THAT(failure(both, HasPlatforms("linux/amd64", "windows/amd64:10.0.20348")),
              AllOf(HasSubstr("which has linux/amd64, linux/arm64"),
                    HasSubstr("missing: windows/amd64:10.0.20348"),
                    HasSubstr("not expected: linux/arm64")));
  EXPECT_THAT(failure(both, HasPlatforms("linux/amd64")), HasSubstr("not expected: linux/arm64"));
  EXPECT_THAT(failure(both, ContainsPlatforms("linux/s390x")), HasSubstr("missing: linux/s390x"));
  EXPECT_THAT(failure(both, HasPlatforms("no platform")), HasSubstr("no platform"));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(both, HasPlatforms("linux/s390x")),
                          "has exactly the platforms linux/s390x");
}

TEST_F(Matchers, SayWhatFilesAreLike) {
  const std::string content = "ID=distroless\n";
  EXPECT_THAT(both, HasFile("linux/amd64", "/velero"));
  EXPECT_THAT(both, HasFile("linux/amd64", "/etc/link", 0755)) << "links are followed";
  EXPECT_THAT(both, HasFile("linux/arm64", "etc/os-release", 0644, content));
  EXPECT_THAT(both, HasFile("linux/arm64", "etc/os-release", AnyMode, HasSubstr("distro")));
  EXPECT_THAT(both, HasFile("linux/arm64", "etc/os-release", 0644, ocimux::Digest::of(content)));
  EXPECT_THAT(both, LacksFile("linux/amd64", "/bin/sh"));

  EXPECT_THAT(failure(both, HasFile("linux/amd64", "/etc/os-releas")),
              AllOf(HasSubstr("no 'os-releas' in '/etc'"), HasSubstr("there is 'os-release'")));
  EXPECT_THAT(failure(both, HasFile("linux/amd64", "/velero", 0644)),
              HasSubstr("'/velero' has mode 0755"));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(both, HasFile("linux/amd64", "/velero", 0644)),
                          "the file '/velero' with mode 0644");
  EXPECT_THAT(failure(both, HasFile("linux/amd64", "/etc")), HasSubstr("'/etc' is a directory"));
  EXPECT_THAT(failure(both, HasFile("linux/amd64", "/etc/os-release", 0644, "other")),
              HasSubstr("has the content \"ID=distroless\\n\""));
  EXPECT_THAT(
      failure(both, HasFile("linux/amd64", "/etc/os-release", 0644, ocimux::Digest::of("other"))),
      AllOf(HasSubstr("(14 bytes) has digest " + ocimux::Digest::of(content).string())));
  EXPECT_THAT(failure(both, LacksFile("linux/amd64", "/etc/link")),
              HasSubstr("'/etc/link' is a symlink to '../velero'"));
  EXPECT_THAT(failure(both, LacksFile("linux/amd64", "/etc/dangling")),
              HasSubstr("'/etc/dangling' is a symlink to 'nowhere'"));
  EXPECT_THAT(failure(both, HasFile("linux/amd64", "/etc/dangling")),
              HasSubstr("no 'nowhere' in '/etc'"));
  EXPECT_THAT(failure(both, LacksFile("linux/s390x", "/velero")),
              HasSubstr("cannot be looked into"))
      << "an image that is not there does not lack a file";
}

TEST_F(Matchers, SayHowContainersStart) {
  EXPECT_THAT(both, HasEntrypoint("linux/amd64", {"/velero"}));
  EXPECT_THAT(both, HasCmd("linux/arm64", {"server"}));
  EXPECT_THAT(both, HasEnv("linux/amd64", "A", "b"));
  EXPECT_THAT(both, HasLabel("linux/amd64", "l", HasSubstr("v")));
  EXPECT_THAT(both, HasWorkingDir("linux/amd64", "/w"));
  EXPECT_THAT("other", HasUser("linux/amd64", "5"));

  EXPECT_THAT(failure(both, HasEntrypoint("linux/amd64", {"/bin/velero", "x"})),
              HasSubstr("whose entrypoint is { \"/velero\" }"));
  EXPECT_THAT(failure(both, HasCmd("linux/amd64", {})), HasSubstr("whose cmd is { \"server\" }"));
  EXPECT_THAT(failure(both, HasUser("linux/amd64", "5")), HasSubstr("whose user is \"\""));
  EXPECT_THAT(failure(both, HasWorkingDir("linux/amd64", "/")), HasSubstr("is \"/w\""));
  EXPECT_THAT(failure(both, HasEnv("linux/amd64", "B", "b")), HasSubstr("no variable 'B', but A"));
  EXPECT_THAT(failure(both, HasLabel("linux/amd64", "l", "w")),
              HasSubstr("whose label 'l' is \"v\""));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(both, HasUser("linux/amd64", "5")),
                          "has for linux/amd64 as user what is equal to \"5\"");
}

TEST_F(Matchers, SayInWhatTwoBuildsDiffer) {
  EXPECT_THAT(both, IsReproducibleWith("archive.tar"));
  EXPECT_THAT("velero-main-linux-amd64.tar",
              IsReproducibleWith(std::filesystem::path("again/velero-main-linux-amd64.tar")));
  EXPECT_THAT(failure(both, IsReproducibleWith("later")),
              AllOf(HasSubstr("which differs in time stamps only: "),
                    HasSubstr("linux/amd64: created"), HasSubstr("/velero (time)")));
  EXPECT_THAT(failure(both, IsReproducibleWith("other")),
              AllOf(HasSubstr("which differs: "), HasSubstr("; and in time stamps"),
                    HasSubstr("config.User (none here, 5 there)")));
  EXPECT_THAT(failure("velero-main-linux-amd64.tar", IsReproducibleWith("later-linux-amd64.tar")),
              HasSubstr("in time stamps only"));
}

TEST_F(Matchers, SayWhatVerifyFinds) {
  EXPECT_THAT(both, PassesVerify());
  EXPECT_THAT(failure("wrong-linux-arm64.tar", PassesVerify()),
              AllOf(HasSubstr("velero"), HasSubstr("linux/arm64")));
}

TEST_F(Matchers, DoNotMatchWhatCannotBeRead) {
  for (const char* reference : {"nonsense", "not-there"}) {
    EXPECT_THAT(failure(reference, HasPlatforms("linux/amd64")), HasSubstr(reference));
    EXPECT_THAT(failure(reference, HasFile("linux/amd64", "/velero")), HasSubstr(reference));
    EXPECT_THAT(failure(reference, LacksFile("linux/amd64", "/velero")), HasSubstr(reference));
    EXPECT_THAT(failure(reference, HasEntrypoint("linux/amd64", {"/velero"})),
                HasSubstr(reference));
    EXPECT_THAT(failure(reference, IsReproducibleWith(both)), HasSubstr(reference));
    EXPECT_THAT(failure(both, IsReproducibleWith(reference)), HasSubstr(reference));
    EXPECT_THAT(failure(reference, PassesVerify()), HasSubstr(reference));
  }
  EXPECT_THAT(failure("velero-main-linux-amd64.tar", HasUser("linux/amd64", "5")),
              HasSubstr("which has none"));
}

}  // namespace
