#include "cli/running.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Two builds of Windows, Linux, and an attestation of it.
std::string mixed(const Workspace& work) {
  LayoutBuilder builder;
  std::vector<std::string> entries;
  for (const LayoutBuilder::Platform& platform :
       {LayoutBuilder::Platform{"windows", "amd64", "", "10.0.20348.1000"},
        {"windows", "amd64", "", "10.0.17763.4000"},
        {"linux", "amd64"}}) {
    entries.push_back(
        LayoutBuilder::image_descriptor(builder.image({.platform = platform}), platform));
  }
  const std::string linux_image = builder.image({.platform = {"linux", "amd64"}});
  entries.push_back(LayoutBuilder::image_descriptor(
      builder.attestation(linux_image), {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
          sha256(linux_image) + R"("})"));
  builder.top(builder.index(entries), oci_index_type, "main");
  return work.archive("in.tar", builder);
}

TEST(MatchCommand, TableForPeople) {
  const Workspace work;
  const Ran ran = run_cli({"match", mixed(work) + ":main", "--node",
                           "windows/amd64:10.0.20348.2000", "--runtime", "docker"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  for (const std::string text :
       {"node windows/amd64:10.0.20348.2000, docker: sha256:", " windows/amd64:10.0.20348.1000\n",
        "  also fits:     windows/amd64:10.0.17763.4000  an older os.version; docker pulls it, but",
        "\n  does not fit:  linux/amd64                    its os is linux\n",
        "\n                 attestation of linux/amd64     no image\n"}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST(MatchCommand, WhereNothingFitsItIsFourAndTheWholeExplanation) {
  const Workspace work;
  const Ran ran = run_cli({"match", mixed(work), "--node", "windows/amd64:10.0.14393.1"});
  EXPECT_EQ(ran.code, 4);
  EXPECT_THAT(
      ran.out,
      HasSubstr("docker: none\n  it says: no matching manifest for windows/amd64 10.0.14393 in the "
                "manifest list entries\n"));
  EXPECT_THAT(ran.out, HasSubstr("its build is 17763 (1809), the node's 14393 (ltsc2016)"));
  EXPECT_THAT(ran.err,
              HasSubstr(": expected a manifest for windows/amd64:10.0.14393.1, found none that "
                        "fits for containerd, docker\nhint: add an image for the node's build, "
                        "10.0.14393: made from a base image of ltsc2016\n"));
}

TEST(MatchCommand, JsonHasStableKeys) {
  const Workspace work;
  const auto keys = [](const Document& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
  };
  const Ran ran = run_cli({"match", mixed(work), "--node", "linux/amd64", "--json"});
  const Document json = Document::parse(ran.out);
  EXPECT_THAT(keys(json), ElementsAre("path", "node", "runtimes"));
  ASSERT_EQ(json["runtimes"].size(), 3U);
  const Document& podman = json["runtimes"][2];
  EXPECT_THAT(keys(podman), ElementsAre("name", "chosen", "candidates"));
  EXPECT_THAT(keys(podman["candidates"][0]),
              ElementsAre("digest", "mediaType", "platform", "verdict"));
  EXPECT_THAT(keys(podman["candidates"][3]),
              ElementsAre("digest", "mediaType", "platform", "verdict", "reason", "attestation",
                          "attests"));
  EXPECT_EQ(podman["candidates"][0]["digest"], podman["chosen"]);
  EXPECT_EQ(podman["candidates"][1]["verdict"], "doesNotFit");

  const Ran none = run_cli({"match", mixed(work), "--node", "windows/amd64:10.0.26200", "--runtime",
                            "containerd", "--json"});
  EXPECT_EQ(none.code, 4);
  const Document found = Document::parse(none.out);
  EXPECT_THAT(keys(found), ElementsAre("path", "node", "runtimes", "hint"));
  EXPECT_THAT(keys(found["runtimes"][0]),
              ElementsAre("name", "versions", "message", "candidates", "older"));
  EXPECT_THAT(keys(found["runtimes"][0]["older"][0]), ElementsAre("name", "versions", "chosen"));
}

TEST(MatchCommand, UsageErrors) {
  const Workspace work;
  const std::string path = mixed(work);
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"match", path},
           {"match", path, "--node", "amd64"},
           {"match", path, "--node", "windows/amd64"},
           {"match", path, "--node", "linux/amd64", "--runtime", "rkt"}}) {
    const Ran ran = run_cli(arguments);
    EXPECT_EQ(ran.code, 2) << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
  }
  EXPECT_EQ(run_cli({"match", path, "--node", "windows/amd64"}).err,
            "ocimux: --node: expected the os.version of a Windows node (10.0.<build>), found "
            "'windows/amd64'\nhint: for example windows/amd64:ltsc2022 or "
            "windows/amd64:10.0.20348.1607\n");
}

}  // namespace
}  // namespace ocimux::test
