#include "jobs/pull_from.hpp"

#include "support/fake_registry.hpp"
#include "support/merging.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

class PullTest : public testing::Test {
 protected:
  PullTest() {
    options.output = work.path("out");
    options.jobs = 4;
    amd64 = registry.builder.image({});
    arm64 = registry.builder.image({.platform = {"linux", "arm64"}, .layers = {"layer", "other"}});
    index = registry.builder.index({LayoutBuilder::image_descriptor(amd64, {}),
                                    LayoutBuilder::image_descriptor(arm64, {"linux", "arm64"})});
    registry.tag("main", index);
  }

  PullResult pull(const std::string& reference = "r.example/a/b:main") {
    registry.transport->requests.clear();
    return pull_from(
        Reference::parse(reference), [this] { return registry.repository(); }, options, progress);
  }
  std::string refused(const std::string& reference = "r.example/a/b:main") {
    const auto before = work.tree();
    std::string text = refusal([&] { return pull(reference); });
    EXPECT_EQ(work.tree(), before) << "a refusal leaves no trace";
    return text;
  }
  [[nodiscard]] ReadLayout out() const { return ReadLayout(options.output); }
  [[nodiscard]] std::set<std::string> blobs() const {
    std::set<std::string> all;
    for (const auto& [name, content] : tree(options.output + "/blobs/sha256")) all.insert(name);
    return all;
  }
  static std::string hex(const std::string& document) { return sha256(document).substr(7); }

  Workspace work;
  FakeRegistry registry;
  PullOptions options;
  RecordingProgress progress;
  std::string amd64, arm64, index;
};

TEST_F(PullTest, BringsAllOfAnImageByteForByte) {
  const PullResult result = pull();
  EXPECT_EQ(result.top.digest.string(), sha256(index));
  EXPECT_EQ(result.blobs_written, 3U + 2U + 2U) << "documents, configs, distinct layers";
  ASSERT_THAT(result.names, SizeIs(1));
  EXPECT_EQ(result.names[0].name, "r.example/a/b:main");
  out().check();
  EXPECT_EQ(out().blob(out().index_json()["manifests"][0]), index);
  EXPECT_THAT(registry.asked("blobs/"), SizeIs(4)) << "each blob once";
  const Document entry = out().index_json()["manifests"][0];
  EXPECT_EQ(entry["annotations"], Document({{"io.containerd.image.name", "r.example/a/b:main"},
                                            {"org.opencontainers.image.ref.name", "main"}}));
}

TEST_F(PullTest, LeavesOtherEntriesOfIndexJsonAsTheyAre) {
  LayoutBuilder builder;
  const std::string entry = descriptor(
      oci_manifest_type, builder.image({}),
      R"(,"platform":{"architecture":"amd64","os":"linux","features":["sse4"],"y":null},"x":1)");
  options.output = work.layout("there", builder.top_descriptor(entry));
  pull();
  EXPECT_EQ(out().index_json()["manifests"][0].dump(), entry);
}

TEST_F(PullTest, FetchesNothingThatIsThere) {
  options.referrers = false;
  pull();
  const auto before = work.tree();
  const PullResult again = pull();
  EXPECT_THAT(registry.asked(), ElementsAre("GET manifests/main"));
  EXPECT_EQ(again.blobs_written, 0U);
  EXPECT_EQ(work.tree(), before) << "the tag names the same: nothing is moved";
}

TEST_F(PullTest, FetchesWhatIsDamagedAgain) {
  options.referrers = false;
  pull();
  const std::string layer =
      nlohmann::json::parse(amd64)["layers"][0]["digest"].get<std::string>().substr(7);
  for (const std::string& name : {layer, hex(amd64)}) {
    const auto path = std::filesystem::path(options.output) / "blobs/sha256" / name;
    std::string content = read_file(path);
    content[0] ^= 1;
    write_file(path, content);
  }
  pull();
  EXPECT_THAT(registry.asked(), SizeIs(3)) << "the tag, a manifest and a layer";
  out().check();
}

TEST_F(PullTest, NamesAreThoseOfTheRegistryOrOfTheOptions) {
  registry.tag("latest", amd64);
  pull("r.example/a/b");
  EXPECT_EQ(out().tags()["latest"], sha256(amd64));
  pull("r.example/a/b:other@" + sha256(amd64));
  EXPECT_EQ(out().tags()["other"], sha256(amd64)) << "of both the digest counts";
  options.tags = {"x/y:1", "mine"};
  pull();
  EXPECT_EQ(out().tags()["1"], sha256(index));
  EXPECT_EQ(out().tags()["mine"], sha256(index));
  options.tags = {};
  options.output = work.path("pinned");
  EXPECT_THAT(pull("r.example/a/b@" + sha256(amd64)).names, IsEmpty());
  EXPECT_FALSE(out().index_json()["manifests"][0].contains("annotations"));
}

TEST_F(PullTest, TagsThatExistAreRefusedBeforeABlobIsFetched) {
  pull();
  registry.tag("main", amd64);
  EXPECT_THAT(refused(), AllOf(StartsWith("already_exists: "), HasSubstr("r.example/a/b:main"),
                               HasSubstr("[--replace moves it]")));
  EXPECT_THAT(registry.asked("blobs/"), IsEmpty());
  options.replace = true;
  pull();
  EXPECT_EQ(out().tags()["main"], sha256(amd64));
}

TEST_F(PullTest, ReferrersComeAlong) {
  const std::string signature = registry.refer_to(index, "signature");
  const std::string sbom = registry.refer_to(arm64, "sbom");
  const std::string signed_sbom = registry.refer_to(sbom, "signature of the sbom");
  const std::string cosign = registry.builder.image({.layers = {"cosign"}});
  registry.tag("sha256-" + hex(amd64) + ".sig", cosign);
  const PullResult result = pull();
  out().check();
  std::set<std::string> unnamed;
  const Document index_json = out().index_json();
  for (const Document& entry : index_json["manifests"]) {
    if (!entry.contains("annotations")) unnamed.insert(entry["digest"]);
  }
  EXPECT_THAT(unnamed, UnorderedElementsAre(sha256(signature), sha256(sbom), sha256(signed_sbom)));
  EXPECT_EQ(out().tags()["sha256-" + hex(amd64) + ".sig"], sha256(cosign));
  EXPECT_THAT(result.names, SizeIs(2));
  EXPECT_THAT(progress.warnings(), IsEmpty());

  const auto before = work.tree();
  pull();
  EXPECT_EQ(work.tree(), before);
  EXPECT_THAT(registry.asked("blobs/"), IsEmpty());

  options.referrers = false;
  options.output = work.path("alone");
  pull();
  EXPECT_THAT(out().index_json()["manifests"], SizeIs(1));
  EXPECT_THAT(registry.asked("referrers/"), IsEmpty());
  EXPECT_THAT(registry.asked(".sig"), IsEmpty());
}

TEST_F(PullTest, ReferrersUnderTheFallbackTag) {
  const std::string sbom = registry.refer_to(arm64, "sbom");
  registry.has_api = false;
  registry.tag("sha256-" + hex(arm64),
               registry.builder.index({descriptor(oci_manifest_type, sbom)}));
  pull();
  EXPECT_THAT(blobs(), Contains(hex(sbom)));
  EXPECT_THAT(out().index_json()["manifests"], SizeIs(2));
}

TEST_F(PullTest, WhatIsListedWronglyIsToldAndLeftOut) {
  const std::string lost = registry.refer_to(index, "lost");
  registry.builder.blobs.erase(sha256(lost));
  auto& listed = registry.referrers[sha256(index)];
  listed.push_back(descriptor("application/vnd.oci.artifact.manifest.v1+json", "{}"));
  listed.push_back(descriptor(oci_manifest_type, amd64));  // which speaks of nothing
  // A size that is wrong (goharbor/harbor#20187), and a name that nobody gave it.
  const std::string right = registry.refer_to(index, "right");
  listed.back() = R"({"mediaType":")" + oci_manifest_type + R"(","digest":")" + sha256(right) +
                  R"(","size":1,"annotations":{"org.opencontainers.image.ref.name":"main"}})";
  pull();
  EXPECT_THAT(progress.warnings(),
              UnorderedElementsAre(AllOf(HasSubstr(sha256(lost)), HasSubstr("not in the registry")),
                                   AllOf(HasSubstr(sha256("{}")), HasSubstr("no manifest")),
                                   AllOf(HasSubstr(sha256(amd64)), HasSubstr("left out"))));
  out().check();
  EXPECT_EQ(out().tags()["main"], sha256(index)) << "a list of referrers gives no names";
  EXPECT_THAT(out().index_json()["manifests"], SizeIs(2));
}

TEST_F(PullTest, DryRunCountsAndWritesNothing) {
  options.dry_run = true;
  const auto before = work.tree();
  const PullResult result = pull();
  EXPECT_EQ(work.tree(), before);
  EXPECT_THAT(registry.asked("blobs/"), IsEmpty());
  options.dry_run = false;
  const PullResult real = pull();
  EXPECT_EQ(result.bytes_written, real.bytes_written);
  EXPECT_EQ(result.blobs_written, real.blobs_written);
  EXPECT_EQ(result.top.digest, real.top.digest);
  options.dry_run = true;
  EXPECT_EQ(pull().bytes_written, 0);
}

TEST_F(PullTest, FailuresLeaveTheOutputAsItWas) {
  const std::string layer = nlohmann::json::parse(arm64)["layers"][1]["digest"];
  registry.broken.insert(layer);
  EXPECT_THAT(refused(), AllOf(StartsWith("network: docker://r.example/a/b:main: " + layer),
                               HasSubstr("after 1 of ")));
  registry.broken.clear();
  std::string& bytes = registry.builder.blobs[layer];
  bytes[0] ^= 1;
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: "), HasSubstr(layer)));
  registry.builder.blobs.erase(layer);
  EXPECT_THAT(refused(), AllOf(StartsWith("not_found: "), HasSubstr(layer)));
  registry.builder.blobs.erase(sha256(arm64));
  EXPECT_THAT(refused(), AllOf(StartsWith("not_found: "), HasSubstr(sha256(arm64))));
  EXPECT_THAT(refused("r.example/a/b:none"), StartsWith("not_found: docker://r.example/a/b:none"));
}

TEST_F(PullTest, ForeignLayersMayBeMissing) {
  const std::string foreign =
      R"({"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":")" +
      sha256("somewhere else") + R"(","size":14,"urls":["https://mcr.example/layer"]})";
  std::string manifest = amd64;
  manifest.insert(manifest.find("\"layers\":[") + 10, foreign + ",");
  registry.tag("windows", manifest);
  pull("r.example/a/b:windows");
  EXPECT_THAT(progress.warnings(), ElementsAre(AllOf(HasSubstr("is not in the registry"),
                                                     HasSubstr("https://mcr.example/layer"))));
  EXPECT_THAT(blobs(), Not(Contains(hex("somewhere else"))));
}

TEST_F(PullTest, TakesSha512) {
  std::string manifest = amd64;
  const std::string layer = nlohmann::json::parse(amd64)["layers"][0]["digest"];
  const std::string bytes = registry.builder.blobs[layer];
  const std::string digest = "sha512:" + filtered_by("sha512sum", bytes).substr(0, 128);
  registry.builder.blobs[digest] = bytes;
  manifest.replace(manifest.find(layer), layer.size(), digest);
  registry.tag("long", manifest);
  pull("r.example/a/b:long");
  EXPECT_EQ(read_file(std::filesystem::path(options.output) / "blobs/sha512" / digest.substr(7)),
            bytes);
}

TEST_F(PullTest, RefusesBeforeItAsks) {
  options.output = work.file("image.tar", "there");
  EXPECT_THAT(refused(), StartsWith("already_exists: "));
  options.output = work.path("image.zip");
  EXPECT_THAT(refused(), StartsWith("invalid_argument: "));
  options.output = work.path("out");
  options.tags = {"No/Name:1"};
  EXPECT_THAT(refused(), StartsWith("invalid_argument: "));
  EXPECT_THAT(registry.asked(), IsEmpty());
}

TEST_F(PullTest, WritesArchivesThatAreTheSameBytes) {
  options.output = work.path("one.tar");
  pull();
  options.output = work.path("two.tar");
  options.jobs = 1;
  pull();
  EXPECT_EQ(read_file(work.path("one.tar")), read_file(work.path("two.tar")));
}

}  // namespace
}  // namespace ocimux::test
