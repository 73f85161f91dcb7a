#include "cli/reports.hpp"
#include "cli/running.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

PullResult pulled() {
  PullResult result{{oci_index_type, Digest::of("index"), 721},
                    {{"1", "r.example/a/b:1", Digest::of("index")},
                     {"sha256-x.sig", "", Digest::of("signature")}},
                    {{Digest::of("before"), Digest::of("index"), "index"}}};
  result.blobs_written = 3;
  result.bytes_written = 4000;
  return result;
}

TEST(PullReport, SaysWhatCameAndWhatWasReplaced) {
  const std::string text = cli::pull_summary(pulled(), "out");
  EXPECT_EQ(text, "pulled into out: 3 blobs, 4.0 kB written\n  index: " + sha256("before") +
                      " -> " + sha256("index") + "\n  r.example/a/b:1 -> " + sha256("index") +
                      "\n  sha256-x.sig -> " + sha256("signature") + "\n");
  EXPECT_THAT(cli::pull_summary({{oci_index_type, Digest::of("x"), 1}, {}, {}}, "-"),
              AllOf(HasSubstr("into standard output"), HasSubstr("  " + sha256("x") + "\n")));
  EXPECT_THAT(cli::pull_plan(pulled()), HasSubstr("would fetch 3 blobs, 4.0 kB\n"));
}

TEST(PullReport, Json) {
  const auto json = Document::parse(cli::pull_json(pulled(), cli::Done::all));
  EXPECT_EQ(json,
            Document::parse(R"({"dryRun":false,"digest":")" + sha256("index") +
                            R"(","mediaType":")" + oci_index_type + R"(","size":721,
    "references":[{"tag":"1","name":"r.example/a/b:1","digest":")" +
                            sha256("index") + R"("},{"tag":"sha256-x.sig","digest":")" +
                            sha256("signature") + R"("}],"replaced":[{"what":"index","before":")" +
                            sha256("before") + R"(","after":")" + sha256("index") +
                            R"("}],"written":{"blobs":3,"bytes":4000}})"));
  const auto dry = Document::parse(cli::pull_json(pulled(), cli::Done::not_yet));
  EXPECT_EQ(dry["dryRun"], true);
  EXPECT_EQ(dry["missing"]["bytes"], 4000);
  EXPECT_FALSE(dry.contains("written"));
}

TEST(PullCommand, WrongUsage) {
  const Workspace work;
  const std::string out = work.path("out");
  const std::string r = "127.0.0.1:1/x";
  for (const auto& line :
       std::vector<std::vector<std::string>>{{},
                                             {r},
                                             {r, r, "-o", out},
                                             {"docker://Upper/x", "-o", out},
                                             {r, "-o", out, "-p", "linux"},
                                             {r, "-o", out, "-t", "a//b:1"},
                                             {r, "-o", out, "--creds", "sesame"},
                                             {r, "-o", work.path("out.zip")},
                                             {r, "-o", "-", "--json"},
                                             {r, "-o", out, "--digestfile", out}}) {
    std::vector<std::string> whole{"pull"};
    whole.insert(whole.end(), line.begin(), line.end());
    const Ran ran = run_cli(whole);
    EXPECT_EQ(ran.code, 2) << testing::PrintToString(line) << ran.err;
    EXPECT_THAT(ran.err, Not(HasSubstr("sesame")));
    EXPECT_THAT(ran.out, IsEmpty());
  }
  EXPECT_THAT(work.tree(), IsEmpty());
}

// With all of them, and a registry that does not answer.
TEST(PullCommand, EveryOptionArrives) {
  const Workspace work;
  const Ran ran = run_cli({"pull",
                           "docker://127.0.0.1:1/x:1",
                           "-o",
                           work.path("out"),
                           "-p",
                           "linux/amd64,linux/arm64",
                           "-t",
                           "x/y:1",
                           "--tag",
                           "z",
                           "--replace",
                           "--no-referrers",
                           "--no-sync",
                           "--dry-run",
                           "--json",
                           "--digestfile",
                           work.path("digest"),
                           "-j",
                           "3",
                           "--plain-http",
                           "--retries",
                           "0",
                           "--timeout",
                           "5",
                           "--authfile",
                           work.file("auth.json", "{}")});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("docker://127.0.0.1:1/x:1: expected an answer from "
                                 "http://127.0.0.1:1, found: "));
  EXPECT_FALSE(std::filesystem::exists(work.path("digest")));
}

TEST(RegistryInputsOfCommands, GoThroughTheirOptions) {
  const Workspace work;
  const std::string auth = work.file("auth.json", "{}");
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"inspect", "docker://127.0.0.1:1/x"},
        {"inspect", "docker://127.0.0.1:1/x", "--raw"},
        {"inspect", "docker://127.0.0.1:1/x", "--config"},
        {"verify", "docker://127.0.0.1:1/x"},
        {"match", "docker://127.0.0.1:1/x", "--node", "linux/amd64"}}) {
    std::vector<std::string> whole = command;
    for (const std::string& one : {std::string("--plain-http"), std::string("--retries"),
                                   std::string("0"), std::string("--authfile"), auth}) {
      whole.push_back(one);
    }
    const Ran ran = run_cli(whole);
    EXPECT_EQ(ran.code, 1) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("expected an answer from http://127.0.0.1:1, found: "));
  }
  const Ran two = run_cli({"verify", "docker://r.x/a", "docker://s.x/b", "--creds", "me:sesame"});
  EXPECT_EQ(two.code, 2);
  EXPECT_THAT(two.err, AllOf(HasSubstr("--creds"), Not(HasSubstr("sesame"))));
}

}  // namespace
}  // namespace ocimux::test
