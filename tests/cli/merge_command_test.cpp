#include "cli/running.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(MergeCommand, EveryOptionArrives) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "s390x"});
  const std::string out = work.path("out");
  const Ran ran = run_cli({"merge",
                           "linux/arm64=" + work.rootfs("a.tar"),
                           work.rootfs("b-linux-amd64.tar"),
                           work.rootfs("c-windows-ltsc2022-amd64.tar"),
                           work.archive("d.tar", builder),
                           "-o",
                           out,
                           "-t",
                           "x/y:main",
                           "--tag",
                           "other",
                           "--platform-tags",
                           "-p",
                           "linux/arm64,linux/amd64/v2",
                           "--platform",
                           "windows(10.0.20348)/amd64",
                           "--annotation",
                           "k=v=w",
                           "--annotation",
                           "descriptor:linux/arm64=k=v",
                           "--annotation",
                           "manifest:*=k=all",
                           "--os-version",
                           "windows=10.0.20348.9",
                           "--os-features",
                           "windows=win32k,x",
                           "--variant",
                           "linux/amd64=v2",
                           "-c",
                           "linux=USER me",
                           "-c",
                           "USER other",
                           "--compression",
                           "gzip:1",
                           "--digestfile",
                           work.path("digest"),
                           "-j",
                           "2",
                           "--attestations",
                           "drop"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, read_file(work.path("digest")));
  const ReadLayout layout(out);
  layout.check();
  EXPECT_THAT(layout.platforms(),
              ElementsAre("linux/amd64/v2", "linux/arm64", "windows/amd64:10.0.20348.9"));
  EXPECT_EQ(layout.tags().size(), 8);
  const Document index = layout.index();
  EXPECT_EQ(index["annotations"]["k"], "v=w");
  EXPECT_EQ(index["manifests"][1]["annotations"]["k"], "v");
  EXPECT_FALSE(index["manifests"][0].contains("annotations"));
  EXPECT_EQ(layout.manifest(2)["annotations"]["k"], "all");
  EXPECT_EQ(layout.config(0)["config"]["User"], "me");
  EXPECT_EQ(layout.config(2)["config"]["User"], "other");
  EXPECT_EQ(layout.config(2)["os.features"], Document({"win32k", "x"}));
}

TEST(MergeCommand, NameOfAReleaseIsAnOsVersion) {
  const Workspace work;
  const Ran ran = run_cli({"merge", "windows/amd64=" + work.rootfs("a.tar"), "-o", work.path("out"),
                           "--os-version", "windows=ltsc2022"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ReadLayout(work.path("out")).platforms(), ElementsAre("windows/amd64:10.0.20348"));
}

TEST(MergeCommand, JsonHasStableKeys) {
  const Workspace work;
  const std::string input = work.rootfs("app-linux-amd64.tar");
  const auto keys = [](const Document& json) {
    std::vector<std::string> names;
    for (const auto& [name, value] : json.items()) names.push_back(name);
    return names;
  };
  const Ran dry =
      run_cli({"merge", input, "-o", work.path("out"), "-t", "a/b:c", "--dry-run", "--json"});
  const Document plan = Document::parse(dry.out);
  EXPECT_THAT(keys(plan), ElementsAre("dryRun", "references", "images"));
  EXPECT_EQ(plan["dryRun"], true);
  const Ran ran = run_cli({"merge", input, "-o", work.path("out"), "-t", "a/b:c", "--json"});
  const Document json = Document::parse(ran.out);
  EXPECT_THAT(keys(json), ElementsAre("dryRun", "digest", "mediaType", "size", "references",
                                      "images", "written"));
  EXPECT_THAT(keys(json["references"][0]), ElementsAre("tag", "name", "digest"));
  EXPECT_THAT(keys(json["images"][0]),
              ElementsAre("platform", "input", "digest", "mediaType", "size"));
  EXPECT_EQ(json["images"][0]["input"], input);
  EXPECT_EQ(json["written"]["blobs"], 4);
  EXPECT_EQ(json["digest"], ReadLayout(work.path("out")).tags()["c"]);
}

TEST(MergeCommand, ErrorsSayWhereWhatAndAHint) {
  const Workspace work;
  const Ran ran = run_cli({"merge", work.rootfs("a-linux-amd64.tar"),
                           work.rootfs("b-linux-amd64.tar"), "-o", work.path("out")});
  EXPECT_EQ(ran.code, 3);
  EXPECT_THAT(ran.out, IsEmpty());
  EXPECT_THAT(ran.err, StartsWith("ocimux: linux/amd64: expected one image, found two: "));
  EXPECT_THAT(ran.err, HasSubstr("\nhint: "));
}

TEST(MergeCommand, ExitCodes) {
  const Workspace work;
  const std::string input = work.rootfs("a-linux-amd64.tar");
  const std::string out = work.path("out");
  EXPECT_EQ(run_cli({"merge", input, "-o", out, "-t", "x"}).code, 0);
  EXPECT_EQ(run_cli({"merge", input, "-o", out, "-t", "x"}).code, 1);
  EXPECT_EQ(run_cli({"merge", input, "-o", out, "-t", "x/"}).code, 2);
  EXPECT_EQ(run_cli({"merge", work.file("b.tar", "?"), "-o", out}).code, 3);
  EXPECT_EQ(run_cli({"merge", work.path("missing.tar"), "-o", out}).code, 4);
  EXPECT_EQ(run_cli({"merge", input, "-o", out, "-p", "linux/arm64"}).code, 4);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(run_cli({"merge", input, "-o", out}, false, stop.get_token()).code, 130);
}

TEST(MergeCommand, QuietVerboseAndColours) {
  const Workspace work;
  const std::string input = work.rootfs("a-windows-1809-amd64.tar");
  const std::vector<std::string> line{"merge", input, "-o", work.path("out")};
  const auto with = [&](std::vector<std::string> more, bool terminal = false) {
    more.insert(more.begin(), line.begin(), line.end());
    return run_cli(more, terminal);
  };
  EXPECT_THAT(with({"-q"}).err, IsEmpty());
  EXPECT_THAT(with({"--quiet", "--progress", "json"}).err, IsEmpty());
  EXPECT_THAT(with({}).err, HasSubstr("ocimux: note: "));
  EXPECT_THAT(with({"--verbose"}).err, HasSubstr(": done\n"));
  EXPECT_THAT(with({"-t", "x/"}, true).err, StartsWith("\x1b[31mocimux: \x1b[0m"));
  EXPECT_THAT(with({"-t", "x/"}).err, StartsWith("ocimux: "));
  EXPECT_THAT(with({}, true).err, HasSubstr("\x1b[1A\x1b[2K"));
  EXPECT_THAT(with({"--progress", "plain"}, true).err, Not(HasSubstr("\x1b[1A")));
}

TEST(MergeCommand, OptionsOfRegistriesAreChecked) {
  const Workspace work;
  const auto refused = [&](const std::vector<std::string>& options) {
    std::vector<std::string> arguments{"merge", work.rootfs("a-linux-amd64.tar"), "-o",
                                       work.path("out")};
    arguments.insert(arguments.end(), options.begin(), options.end());
    const Ran ran = run_cli(arguments);
    EXPECT_EQ(ran.code, 2) << ran.err;
    return ran.err;
  };
  EXPECT_THAT(
      refused({"--creds", "sesame"}),
      testing::AllOf(HasSubstr("--creds: expected USER:PASS"), testing::Not(HasSubstr("sesame"))));
  EXPECT_THAT(refused({"--retries", "-1"}), HasSubstr("--retries"));
  EXPECT_THAT(refused({"--timeout", "0"}), HasSubstr("--timeout"));
  EXPECT_THAT(refused({"--cert-dir", work.path("missing")}), HasSubstr("--cert-dir"));
}

// With all of them, and an input from a place that does not answer.
TEST(MergeCommand, OptionsOfRegistriesArrive) {
  const Workspace work;
  const Ran ran = run_cli({"merge", "docker://127.0.0.1:1/x", "-o", work.path("out"),
                           "--plain-http", "--retries", "0", "--timeout", "5", "--tls-verify=false",
                           "--authfile", work.file("auth.json", "{}"), "--ca-file",
                           work.file("ca.pem", ""), "--cert-dir", work.root().string()});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("expected an answer from http://127.0.0.1:1, found: "));
}

}  // namespace
}  // namespace ocimux::test
