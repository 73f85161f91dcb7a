#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

AnnotationOption annotation(AnnotationScope scope, const Selector& where,
                            const std::string& value) {
  return {scope, where, "org.example.key", value};
}

/// An index with one attested image for each architecture.
LayoutBuilder attested(const std::vector<std::string>& architectures) {
  LayoutBuilder builder;
  std::vector<std::string> images;
  std::vector<std::string> attestations;
  for (const std::string& architecture : architectures) {
    const std::string manifest =
        builder.image({.platform = {"linux", architecture}, .layers = {architecture}});
    images.push_back(LayoutBuilder::image_descriptor(manifest, {"linux", architecture}));
    attestations.push_back(LayoutBuilder::image_descriptor(
        builder.attestation(manifest), {"unknown", "unknown"},
        R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
        R"("vnd.docker.reference.digest":")" +
            sha256(manifest) + R"("})"));
  }
  // Attestations in front: the index that is made has them last.
  attestations.insert(attestations.end(), images.begin(), images.end());
  builder.top(builder.index(attestations), oci_index_type, "main");
  return builder;
}

TEST(MergeAnnotations, GoWhereTheirScopeSays) {
  const Workspace work;
  MergeOptions options = work.options(
      {work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-arm64.tar", "b")});
  options.annotations = {annotation(AnnotationScope::index, Selector(), "index"),
                         annotation(AnnotationScope::descriptor, selector("linux/arm64"), "arm64"),
                         annotation(AnnotationScope::descriptor, Selector(), "all"),
                         annotation(AnnotationScope::manifest, selector("linux/amd64"), "amd64")};
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  const Document index = out.index();
  EXPECT_EQ(index["annotations"]["org.example.key"], "index");
  EXPECT_EQ(index["manifests"][0]["annotations"]["org.example.key"], "all");
  EXPECT_EQ(index["manifests"][1]["annotations"]["org.example.key"], "arm64");
  EXPECT_EQ(out.manifest(0)["annotations"]["org.example.key"], "amd64");
  EXPECT_FALSE(out.manifest(1).contains("annotations"));
}

TEST(MergeAnnotations, RewriteAManifestOnlyWhenAskedAndSaySo) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.image({.manifest_members = R"(,"annotations":{"a":"b"})"});
  builder.top(manifest, oci_manifest_type);
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  options.annotations = {annotation(AnnotationScope::manifest, Selector(), "new")};
  RecordingProgress progress;
  const MergeResult result = merge(options, progress);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_EQ(out.manifest(0)["annotations"]["a"], "b");
  EXPECT_EQ(out.manifest(0)["annotations"]["org.example.key"], "new");
  EXPECT_EQ(out.manifest(0)["config"], Document::parse(manifest)["config"]);
  EXPECT_EQ(result.images[0].replaced->string(), sha256(manifest));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr(sha256(manifest) + " -> ")));
}

TEST(MergeAnnotations, DockersFormatHasNone) {
  const Workspace work;
  for (const auto scope :
       {AnnotationScope::index, AnnotationScope::descriptor, AnnotationScope::manifest}) {
    MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
    options.format = ImageFormat::docker;
    options.annotations = {annotation(scope, Selector(), "x")};
    EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument);
  }
  LayoutBuilder docker;
  const std::string manifest = docker.image({.docker_types = true});
  docker.top_descriptor(LayoutBuilder::image_descriptor(manifest, {}, "", true));
  MergeOptions options = work.options({work.archive("docker.tar", docker)});
  options.annotations = {annotation(AnnotationScope::manifest, Selector(), "x")};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument);
}

TEST(MergeAnnotations, OfADescriptorComeAlongButNamesAndTimes) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.image({});
  builder.top_descriptor(LayoutBuilder::image_descriptor(
      manifest, {},
      R"(,"annotations":{"org.opencontainers.image.ref.name":"x","io.containerd.image.name":"y",)"
      R"("org.opencontainers.image.created":"2026-01-01T00:00:00Z","kept":"yes"},)"
      R"("artifactType":"application/x")"));
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  merge(options);
  const Document descriptor = ReadLayout(options.output).index()["manifests"][0];
  EXPECT_EQ(descriptor["annotations"], Document({{"kept", "yes"}}));
  EXPECT_EQ(descriptor["artifactType"], "application/x");
}

TEST(MergeAttestations, StayLastAndUntouched) {
  const Workspace work;
  const LayoutBuilder builder = attested({"arm64", "amd64"});
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  options.tags = {"t"};
  options.platform_tags = true;
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.platforms(),
              ElementsAre("linux/amd64", "linux/arm64", "unknown/unknown", "unknown/unknown"));
  const auto files = tree(options.output);
  for (const auto& [digest, bytes] : builder.blobs) {
    if (bytes.find("\"manifests\"") != std::string::npos) continue;  // their index
    EXPECT_EQ(files.at("blobs/sha256/" + digest.substr(7)), bytes);
  }
  EXPECT_THAT(out.tags(), SizeIs(3));
}

TEST(MergeAttestations, AreDroppedOnRequestAndWithTheirImages) {
  const Workspace work;
  const std::string input = work.archive("in.tar", attested({"amd64", "arm64"}));
  MergeOptions options = work.options({input});
  options.attestations = Attestations::drop;
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/amd64", "linux/arm64"));

  options = work.options({input});
  options.output = work.path("arm64");
  options.platforms = {Platform::parse("linux/arm64")};
  RecordingProgress progress;
  const MergeResult result = merge(options, progress);
  EXPECT_THAT(ReadLayout(options.output).platforms(),
              ElementsAre("linux/arm64", "unknown/unknown"));
  EXPECT_EQ(result.images[1].attests, result.images[0].descriptor->digest);
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("an attestation was left out")));

  options.output = work.path("rewritten");
  options.annotations = {annotation(AnnotationScope::manifest, Selector(), "x")};
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/arm64"));
}

}  // namespace
}  // namespace ocimux::test
