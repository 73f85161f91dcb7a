#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::contents_of;
using test::descriptor;
using test::LayoutBuilder;
using test::oci_index_type;
using test::oci_manifest_type;
using test::RecordingProgress;
using test::refusal;
using test::sha256;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const std::string reference_type = R"("vnd.docker.reference.type":"attestation-manifest")";

// Every test reads the same layout as a directory and as an archive.
class OciImages : public testing::TestWithParam<const char*> {
 protected:
  std::string path() const { return (directory_ / "input").string(); }

  std::string write() const {
    if (GetParam() == std::string("archive")) return layout_.write_archive(path());
    layout_.write_directory(path());
    return path();
  }

  Input read(const std::string& behind = "") { return test::read(write() + behind, progress_); }
  std::string refused(const std::string& behind = "") {
    return refusal([&] { return read(behind); });
  }

  // An image's manifest, its descriptor with platform not yet anywhere.
  std::string image(const std::string& architecture) {
    return layout_.image({.platform = {"linux", architecture}, .layers = {"of " + architecture}});
  }
  static std::string listed(const std::string& manifest, const std::string& architecture,
                            const std::string& more = "") {
    return LayoutBuilder::image_descriptor(manifest, {"linux", architecture}, more);
  }

  test::TemporaryDirectory directory_;
  LayoutBuilder layout_;
  RecordingProgress progress_;
};

INSTANTIATE_TEST_SUITE_P(Forms, OciImages, testing::Values("directory", "archive"));

TEST_P(OciImages, KeepDocumentsAsTheyAre) {
  const std::string manifest = image("arm64");
  layout_.top(manifest, oci_manifest_type, "main");
  const Input input = read();
  ASSERT_EQ(input.images.size(), 1U);
  EXPECT_EQ(input.images[0].origin, path());
  const auto& stored = std::get<StoredImage>(input.images[0].content);
  EXPECT_EQ(stored.manifest_text, manifest);
  EXPECT_EQ(stored.descriptor.digest.string(), sha256(manifest));
  EXPECT_EQ(stored.descriptor.annotations.at(std::string(annotation::ref_name)), "main");
  EXPECT_EQ(layout_.blobs.at(stored.manifest.config.digest.string()), stored.config_text);
  ASSERT_EQ(stored.manifest.layers.size(), 1U);
  const auto body = stored.find(stored.manifest.layers[0]);
  ASSERT_TRUE(body.has_value());
  EXPECT_EQ(read_document(*body, 1 << 20),
            layout_.blobs.at(stored.manifest.layers[0].digest.string()));
  EXPECT_THAT(progress_.notes(), IsEmpty());
  EXPECT_THAT(progress_.warnings(), IsEmpty());
}

TEST_P(OciImages, FindNothingForALayerThatIsAbsent) {
  layout_.top(image("arm64"), oci_manifest_type);
  const Input input = read();
  const auto& stored = std::get<StoredImage>(input.images[0].content);
  EXPECT_FALSE(stored.find({"t", Digest::of("not there"), 9}).has_value());
}

TEST_P(OciImages, AreUnwrappedFromIndexesOfIndexes) {
  const std::string inner =
      layout_.index({listed(image("arm64"), "arm64"), listed(image("s390x"), "s390x")});
  const std::string outer =
      layout_.index({listed(image("amd64"), "amd64"), descriptor(oci_index_type, inner)});
  layout_.top(outer, oci_index_type, "main");
  const Input input = read();
  EXPECT_THAT(contents_of(input), ElementsAre("linux/amd64", "linux/arm64", "linux/s390x"));
  const auto& stored = std::get<StoredImage>(input.images[1].content);
  EXPECT_EQ(stored.descriptor.platform.value(), (Platform{"linux", "arm64"}));
}

TEST_P(OciImages, NestEightIndexesDeepAndNotOneMore) {
  std::string below = descriptor(oci_manifest_type, image("arm64"));
  for (int i = 0; i < 8; ++i) below = descriptor(oci_index_type, layout_.index({below}));
  layout_.top_descriptor(below);
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
  layout_.index_entries = {descriptor(oci_index_type, layout_.index({below}))};
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: " + path() + ": "),
                               HasSubstr("expected at most 8 levels of indexes, found more")));
}

TEST_P(OciImages, OfDockersMediaTypes) {
  const std::string manifest =
      layout_.image({.platform = {"linux", "arm64"}, .docker_types = true});
  const std::string list = layout_.index(
      {LayoutBuilder::image_descriptor(manifest, {"linux", "arm64"}, "", true)}, true);
  layout_.top(list, "application/vnd.docker.distribution.manifest.list.v2+json", "main");
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
}

TEST_P(OciImages, AreTakenOnceHoweverManyTagsTheyHave) {
  const std::string manifest = image("arm64");
  layout_.top(manifest, oci_manifest_type, "a").top(manifest, oci_manifest_type, "b");
  layout_.top(layout_.index({listed(manifest, "arm64")}), oci_index_type, "c");
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
}

TEST_P(OciImages, AreSelectedByTag) {
  layout_.simple({"linux", "arm64"}, "main");
  layout_.simple({"linux", "s390x"}, "v1");
  layout_.simple({"linux", "s390x"}, "v1", "second");
  EXPECT_THAT(contents_of(read()).size(), 3U);
  EXPECT_THAT(contents_of(read(":main")), ElementsAre("linux/arm64"));
  EXPECT_THAT(contents_of(read(":v1")), ElementsAre("linux/s390x", "linux/s390x"));
}

TEST_P(OciImages, AreSelectedByFullNameOrItsTag) {
  layout_.top(image("arm64"), oci_manifest_type, "main", "docker.io/velero/velero:main");
  layout_.top(image("s390x"), oci_manifest_type, "localhost:5000/velero:v1");
  for (const char* tag : {":main", ":docker.io/velero/velero:main"}) {
    EXPECT_THAT(contents_of(read(tag)), ElementsAre("linux/arm64")) << tag;
  }
  for (const char* tag : {":v1", ":localhost:5000/velero:v1"}) {
    EXPECT_THAT(contents_of(read(tag)), ElementsAre("linux/s390x")) << tag;
  }
  EXPECT_THAT(refused(":velero"), StartsWith("not_found: "));
}

TEST_P(OciImages, MissingTagListsThoseThereAre) {
  layout_.simple({"linux", "arm64"}, "main");
  layout_.simple({"linux", "s390x"}, "v1");
  EXPECT_EQ(refused(":v2"), "not_found: " + path() + ": expected the tag 'v2' in " + path() +
                                ", found none [its tags are: main, v1]");
  layout_.index_entries.clear();
  layout_.simple({"linux", "arm64"});
  EXPECT_THAT(refused(":v2"), HasSubstr("[it has no tags]"));
}

TEST_P(OciImages, AreSelectedByDigestAlsoOfWhatAnIndexLists) {
  const std::string arm = image("arm64");
  const std::string index = layout_.index({listed(image("amd64"), "amd64"), listed(arm, "arm64")});
  layout_.top(index, oci_index_type, "main");
  EXPECT_THAT(contents_of(read("@" + sha256(arm))), ElementsAre("linux/arm64"));
  EXPECT_EQ(read("@" + sha256(index)).images.size(), 2U);
  EXPECT_EQ(refused("@" + sha256("x")), "not_found: " + path() + ": expected the image " +
                                            sha256("x") + " in " + path() + ", found none");
}

// Each index is read once, however often it is listed; else this would not end.
TEST_P(OciImages, AreLookedForByDigestInNoTime) {
  std::string below = descriptor(oci_manifest_type, image("arm64"));
  for (int level = 0; level < 5; ++level) {
    const std::vector<std::string> many(1000, below);
    below = descriptor(oci_index_type, layout_.index(many));
  }
  layout_.top_descriptor(below);
  EXPECT_THAT(refused("@" + sha256("x")), StartsWith("not_found: "));
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
}

TEST_P(OciImages, LackingChildrenAreWarnedOfAndLeftOut) {
  const std::string gone = image("s390x");
  layout_.top(layout_.index({listed(image("amd64"), "amd64"), listed(gone, "s390x")}),
              oci_index_type);
  layout_.blobs.erase(sha256(gone));
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/amd64"));
  EXPECT_THAT(progress_.warnings(), ElementsAre(path() + " lists linux/s390x " + sha256(gone) +
                                                " but does not hold it: left out"));
}

TEST_P(OciImages, LackingAltogetherAreNotFound) {
  const std::string gone = image("s390x");
  layout_.top(gone, oci_manifest_type);
  layout_.blobs.erase(sha256(gone));
  EXPECT_EQ(refused(), "not_found: " + path() + ": expected images in " + path() +
                           ", found none of those that it lists");
  layout_.index_entries.clear();
  EXPECT_EQ(refused(), "corrupt: " + path() + ": expected images in " + path() + ", found none");
}

TEST_P(OciImages, WithoutTheirConfigAreRefused) {
  const std::string manifest = image("arm64");
  layout_.top(manifest, oci_manifest_type);
  const Manifest parsed = Manifest::parse(manifest, "");
  layout_.blobs.erase(parsed.config.digest.string());
  EXPECT_THAT(refused(), AllOf(StartsWith("not_found: " + path() + ": " + sha256(manifest) + ": " +
                                          parsed.config.digest.string()),
                               HasSubstr("[the input is incomplete: export it again with all its "
                                         "blobs]")));
}

TEST_P(OciImages, WithAnotherCountOfLayersThanDiffIdsAreRefused) {
  const std::string manifest = layout_.image({.layers = {"a", "b"}, .config_members = ""});
  const Manifest two = Manifest::parse(manifest, "");
  Manifest one = two;
  one.layers.pop_back();
  layout_.blob(one.document());
  layout_.top(one.document(), oci_manifest_type);
  EXPECT_THAT(refused(), AllOf(StartsWith("conflict: "),
                               HasSubstr("expected as many layers as the config has DiffIDs (2), "
                                         "found 1")));
}

TEST_P(OciImages, AttestationsOfTheOldForm) {
  const std::string manifest = image("arm64");
  const std::string attestation = layout_.attestation(manifest);
  layout_.top(layout_.index({listed(manifest, "arm64"),
                             LayoutBuilder::image_descriptor(
                                 attestation, {"unknown", "unknown"},
                                 R"(,"annotations":{"vnd.docker.reference.digest":")" +
                                     sha256(manifest) + R"(",)" + reference_type + "}")}),
              oci_index_type);
  const Input input = read();
  EXPECT_THAT(contents_of(input), ElementsAre("linux/arm64", "attestation"));
  const auto& found = std::get<Attestation>(input.images[1].content);
  EXPECT_EQ(found.subject.value().string(), sha256(manifest));
  EXPECT_EQ(found.stored.manifest_text, attestation);
  EXPECT_NE(found.stored.config_text, "");
}

TEST_P(OciImages, AttestationsOfTheNewForm) {
  const std::string manifest = image("arm64");
  const std::string attestation =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("artifactType":"application/vnd.docker.attestation.manifest.v1+json","config":)" +
      descriptor("application/vnd.oci.empty.v1+json", "{}", R"(,"data":"e30=")") +
      R"(,"layers":[],"subject":)" + descriptor(oci_manifest_type, manifest) + "}";
  layout_.blob(attestation);
  layout_.top(layout_.index({listed(manifest, "arm64"),
                             LayoutBuilder::image_descriptor(attestation, {"unknown", "unknown"})}),
              oci_index_type);
  const Input input = read();
  EXPECT_THAT(contents_of(input), ElementsAre("linux/arm64", "attestation"));
  const auto& found = std::get<Attestation>(input.images[1].content);
  EXPECT_EQ(found.subject.value().string(), sha256(manifest));
  EXPECT_EQ(found.stored.config_text, "") << "its config is inside the descriptor only";
}

TEST_P(OciImages, AttestationsKnownByAnnotationAlone) {
  const std::string manifest = image("arm64");
  layout_.top(layout_.index({listed(manifest, "arm64"),
                             descriptor(oci_manifest_type, layout_.attestation(manifest),
                                        R"(,"annotations":{)" + reference_type + "}")}),
              oci_index_type);
  const Input input = read();
  EXPECT_THAT(contents_of(input), ElementsAre("linux/arm64", "attestation"));
  EXPECT_FALSE(std::get<Attestation>(input.images[1].content).subject.has_value());
}

TEST_P(OciImages, ArtifactsAreLeftOutWithANote) {
  const std::string artifact =
      R"({"schemaVersion":2,"artifactType":"application/x-sig","config":)" +
      descriptor("application/vnd.oci.empty.v1+json", "{}") + R"(,"layers":[]})";
  layout_.blob(artifact);
  layout_.top(image("arm64"), oci_manifest_type, "main");
  layout_.top(artifact, oci_manifest_type, "sig");
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
  EXPECT_THAT(progress_.notes(), ElementsAre(path() + ": " + sha256(artifact) +
                                             " is an artifact with a config of type "
                                             "'application/vnd.oci.empty.v1+json': left out"));
}

// image-index.md: media types a reader does not know are no error. They are not even read.
TEST_P(OciImages, OtherMediaTypesAreLeftOutUnread) {
  const std::string big(5 << 20, 'x');
  layout_.blob(big);
  layout_.top(big, "application/vnd.example.disk", "disk");
  layout_.top_descriptor(descriptor("application/vnd.example.absent", "absent"));
  layout_.top(image("arm64"), oci_manifest_type, "main");
  EXPECT_THAT(contents_of(read()), ElementsAre("linux/arm64"));
  EXPECT_THAT(progress_.notes(),
              ElementsAre(HasSubstr("has the media type 'application/vnd.example.disk': left out"),
                          HasSubstr("'application/vnd.example.absent': left out")));
  EXPECT_THAT(progress_.warnings(), IsEmpty());
}

}  // namespace
}  // namespace ocimux
