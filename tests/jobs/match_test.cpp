#include <ocimux/jobs/match.hpp>

#include "support/merging.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

MatchResult match_on(const std::string& path, const std::string& node,
                     const std::string& runtime = "containerd") {
  return match({path, node, {runtime}});
}

std::string chosen(const MatchResult& result) {
  const MatchCandidate* found = result.runtimes.front().chosen();
  if (found == nullptr) return "";
  return (found->manifest ? found->manifest->digest : *found->config).string();
}

struct Indexed {
  LayoutBuilder builder;
  std::map<std::string, std::string> digests;  // by platform

  std::string image(const LayoutBuilder::Platform& platform) {
    const std::string manifest = builder.image({.platform = platform});
    const Platform text{platform.os, platform.architecture, platform.variant, platform.os_version};
    digests[text.string()] = sha256(manifest);
    return manifest;
  }
  std::string listed(const LayoutBuilder::Platform& platform) {
    return LayoutBuilder::image_descriptor(image(platform), platform);
  }
};

TEST(Match, TellsTheChosenAndWhyNotTheOthers) {
  const Workspace work;
  Indexed in;
  const std::string amd64 = in.image({"linux", "amd64"});
  const std::string attestation = LayoutBuilder::image_descriptor(
      in.builder.attestation(amd64), {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
          sha256(amd64) + R"("})");
  in.builder.top(in.builder.index({LayoutBuilder::image_descriptor(amd64, {"linux", "amd64"}),
                                   in.listed({"linux", "arm", "v7"}),
                                   in.listed({"linux", "arm", "v6"}), attestation}),
                 oci_index_type, "main");
  const MatchResult result = match_on(work.layout("in", in.builder), "linux/arm/v7");
  EXPECT_EQ(result.node.string(), "linux/arm/v7");
  EXPECT_EQ(chosen(result), in.digests.at("linux/arm/v7"));
  std::vector<std::string> reasons;
  for (const MatchCandidate& each : result.runtimes.front().candidates) {
    reasons.push_back(each.platform->string() + ": " + each.reason);
  }
  EXPECT_THAT(reasons,
              ElementsAre("linux/arm/v7: ", "linux/arm/v6: the node prefers linux/arm/v7",
                          "linux/amd64: its architecture is amd64", "unknown/unknown: no image"));
  EXPECT_EQ(result.runtimes.front().candidates.back().attests->string(), sha256(amd64));
  EXPECT_THAT(result.hint, IsEmpty());
}

TEST(Match, AllRuntimesThatRunSuchNodesByDefault) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "arm64"}, "main");
  const std::string path = work.archive("in.tar", builder);
  const auto names = [&](const std::string& node) {
    std::vector<std::string> found;
    for (const RuntimeMatch& each : match({path, node}).runtimes) found.push_back(each.runtime);
    return found;
  };
  EXPECT_THAT(names("linux/arm64"), ElementsAre("containerd", "docker", "podman"));
  EXPECT_THAT(names("windows/amd64:ltsc2022"), ElementsAre("containerd", "docker"));
}

// The case of sonobuoy: a manifest list for newer Windows only.
TEST(Match, DockersOwnWordsWhereNoBuildFits) {
  const Workspace work;
  Indexed in;
  in.builder.top(in.builder.index({in.listed({"windows", "amd64", "", "10.0.20348.1607"}),
                                   in.listed({"windows", "amd64", "", "10.0.18363.1556"})}),
                 oci_index_type, "main");
  const MatchResult result =
      match_on(work.layout("in", in.builder), "windows/amd64:10.0.17763.1935", "docker");
  const RuntimeMatch& docker = result.runtimes.front();
  EXPECT_EQ(chosen(result), "");
  EXPECT_EQ(docker.message,
            "no matching manifest for windows/amd64 10.0.17763 in the manifest list entries");
  EXPECT_EQ(docker.candidates[0].reason,
            "its build is 20348 (ltsc2022), the node's 17763 (1809): up to 20347 a node runs its "
            "own build only");
  EXPECT_THAT(result.hint, HasSubstr("10.0.17763: made from a base image of 1809 or ltsc2019"));
}

TEST(Match, SaysWhereOlderContainerdDiffers) {
  const Workspace work;
  Indexed in;
  in.builder.top(in.builder.index({in.listed({"windows", "amd64", "", "10.0.20348.1000"}),
                                   in.listed({"windows", "amd64", "", "10.0.26100.1"})}),
                 oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  const MatchResult result = match_on(path, "windows/amd64:ltsc2025");
  EXPECT_EQ(chosen(result), in.digests.at("windows/amd64:10.0.26100.1"));
  std::vector<std::string> older;
  for (const OlderMatch& each : result.runtimes.front().older) {
    older.push_back(each.runtime + " " + (each.platform ? each.platform->os_version : "none"));
  }
  EXPECT_THAT(older, ElementsAre("containerd:2.1 10.0.20348.1000", "containerd:1.7 10.0.20348.1000",
                                 "containerd:1.6 10.0.20348.1000"));
  const MatchResult docker = match_on(path, "windows/amd64:ltsc2019", "docker");
  EXPECT_THAT(docker.runtimes.front().older, IsEmpty());
}

TEST(Match, DockerTakesAnOlderBuildThatOnlyHyperVRuns) {
  const Workspace work;
  Indexed in;
  in.builder.top(in.builder.index({in.listed({"windows", "amd64", "", "10.0.17763.1"})}),
                 oci_index_type);
  const MatchResult result =
      match_on(work.layout("in", in.builder), "windows/amd64:ltsc2022", "docker");
  EXPECT_EQ(chosen(result), in.digests.at("windows/amd64:10.0.17763.1"));
  EXPECT_THAT(result.runtimes.front().chosen()->reason, HasSubstr("Hyper-V isolation"));
}

TEST(Match, OnlyContainerdLooksIntoAnIndexInAnIndex) {
  const Workspace work;
  Indexed in;
  const std::string inner =
      in.builder.index({in.listed({"linux", "amd64"}), in.listed({"linux", "arm64"})});
  in.builder.blob(inner);
  in.builder.top(in.builder.index({descriptor(oci_index_type, inner)}), oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  EXPECT_EQ(chosen(match_on(path, "linux/arm64")), in.digests.at("linux/arm64"));
  for (const std::string runtime : {"docker", "podman"}) {
    const MatchResult result = match_on(path, "linux/arm64", runtime);
    EXPECT_EQ(chosen(result), "") << runtime;
    EXPECT_EQ(result.runtimes.front().candidates.front().reason,
              "an index in an index, which " + runtime + " refuses");
  }
}

TEST(Match, AConfigSpeaksForAManifestWithoutAPlatform) {
  const Workspace work;
  Indexed in;
  const std::string arm64 = in.image({"linux", "arm64"});
  const std::string amd64 = in.image({"linux", "amd64"});
  in.builder.top(in.builder.index(
                     {descriptor(oci_manifest_type, arm64), descriptor(oci_manifest_type, amd64)}),
                 oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  EXPECT_EQ(chosen(match_on(path, "linux/arm64")), sha256(arm64));
  // containerd takes the first without a platform, and then finds that it does not fit.
  const MatchResult result = match_on(path, "linux/amd64");
  EXPECT_EQ(chosen(result), "");
  EXPECT_EQ(result.runtimes.front().candidates[0].reason,
            "it has no platform, and by its config its architecture is arm64");
  EXPECT_EQ(result.runtimes.front().candidates[1].reason,
            "it would fit, but containerd tries the first only");
  EXPECT_EQ(chosen(match_on(path, "linux/amd64", "podman")), sha256(arm64));
}

TEST(Match, AnImageWithoutAnIndexGoesByItsConfig) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({"linux", "arm", "v7"}, "main");
  const std::string path = work.archive("in.tar", builder);
  EXPECT_EQ(chosen(match_on(path, "linux/arm64")), sha256(manifest));
  const MatchResult result = match_on(path, "linux/arm/v6");
  EXPECT_EQ(chosen(result), "");
  EXPECT_EQ(result.runtimes.front().message, "");
}

TEST(Match, ADockerSaveArchiveHasNoManifestButAConfig) {
  const Workspace work;
  const std::string path = work.file("saved.tar", docker_archive({.platform = {"linux", "amd64"}}));
  const MatchResult result = match_on(path, "linux/amd64", "docker");
  ASSERT_NE(result.runtimes.front().chosen(), nullptr);
  EXPECT_FALSE(result.runtimes.front().chosen()->manifest);
  EXPECT_EQ(chosen(match_on(path, "linux/arm64", "docker")), "");
}

TEST(Match, WithoutATagTheReferenceMustNameOneThing) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string one = builder.simple({"linux", "amd64"}, "one", "1");
  builder.top(one, oci_manifest_type, "again");
  const std::string same = work.layout("same", builder);
  EXPECT_EQ(chosen(match_on(same, "linux/amd64")), sha256(one));
  builder.simple({"linux", "arm64"}, "two", "2");
  const std::string path = work.layout("in", builder);
  EXPECT_EQ(refusal([&] { return match_on(path, "linux/amd64"); }),
            "conflict: " + path +
                ": expected one image or index, found 2 [name one with PATH:TAG or PATH@DIGEST; "
                "the tags are: again one two]");
  EXPECT_EQ(chosen(match_on(path + ":one", "linux/amd64")), sha256(one));
  EXPECT_EQ(chosen(match_on(path + "@" + sha256(one), "linux/amd64")), sha256(one));
}

// crane and others write index.json as the index itself.
TEST(Match, AFlatIndexJsonIsTheIndex) {
  const Workspace work;
  Indexed in;
  in.builder.top_descriptor(in.listed({"linux", "amd64"}));
  in.builder.top_descriptor(in.listed({"linux", "arm64"}));
  EXPECT_EQ(chosen(match_on(work.layout("in", in.builder), "linux/arm64")),
            in.digests.at("linux/arm64"));
}

TEST(Match, NamesAreReadAsTheyStand) {
  const Workspace work;
  Indexed in;
  in.builder.top(in.builder.index({in.listed({"linux", "aarch64"})}), oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  EXPECT_EQ(chosen(match_on(path, "linux/arm64")), in.digests.at("linux/aarch64"));
  EXPECT_EQ(chosen(match_on(path, "linux/arm64", "podman")), "");
}

TEST(Match, NotesOnTheLevelsOfAmd64) {
  const Workspace work;
  Indexed in;
  in.builder.top(
      in.builder.index({in.listed({"linux", "amd64"}), in.listed({"linux", "amd64", "v3"})}),
      oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  const auto notes = [&](const std::string& node, const std::string& runtime) {
    return match_on(path, node, runtime).runtimes.front().notes;
  };
  EXPECT_THAT(notes("linux/amd64", "docker"), ElementsAre(HasSubstr("say linux/amd64/v3")));
  EXPECT_THAT(notes("linux/amd64/v3", "containerd"), ElementsAre(HasSubstr("without --platform")));
  EXPECT_THAT(notes("linux/amd64", "containerd"), IsEmpty());
  EXPECT_THAT(notes("linux/arm64", "docker"), IsEmpty());
}

TEST(Match, Refusals) {
  const Workspace work;
  const std::string rootfs = work.rootfs("app-linux-amd64.tar");
  EXPECT_EQ(refusal([&] { return match_on(rootfs, "linux/amd64"); }),
            "not_found: " + rootfs +
                ": expected an image, found a root filesystem, which no node runs [make an image "
                "of it first: ocimux merge]");
  EXPECT_THAT(refusal([&] { return match_on(rootfs, "linux/amd64", "rkt"); }),
              HasSubstr("invalid_argument: --runtime: expected a runtime"));
  EXPECT_THAT(refusal([&] { return match_on(work.path("none"), "linux/amd64"); }),
              HasSubstr("not_found: "));
}

// Each level would be followed: containerd does not count them.
TEST(Match, DeepIndexesAreRefused) {
  const Workspace work;
  Indexed in;
  std::string index = in.builder.index({in.listed({"linux", "amd64"})});
  for (int level = 0; level < 12; ++level) {
    index = in.builder.index({descriptor(oci_index_type, index)});
  }
  in.builder.top(index, oci_index_type, "main");
  const std::string path = work.layout("in", in.builder);
  EXPECT_THAT(refusal([&] { return match_on(path, "linux/amd64"); }),
              HasSubstr("levels of indexes, found more"));
}

}  // namespace
}  // namespace ocimux::test
