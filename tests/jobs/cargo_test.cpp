#include "jobs/cargo.hpp"

#include "support/cargoes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Cargo, HasEveryDocumentOnceChildrenBeforeTheirIndex) {
  TwoPlatforms two;
  two.builder.top(two.index, oci_index_type, "latest");
  two.builder.top(two.arm64_image, oci_manifest_type, "main-arm64");
  const Cargo cargo = gathered(two.builder);
  ASSERT_EQ(cargo.documents.size(), 3U);
  EXPECT_EQ(place_of(cargo, two.index), 2);
  EXPECT_EQ(cargo.documents[2].text, two.index);
  EXPECT_THAT(cargo.documents[2].children,
              ElementsAre(digest_of(two.amd64_image), digest_of(two.arm64_image)));
  EXPECT_THAT(cargo.roots, ElementsAre(digest_of(two.index), digest_of(two.arm64_image)));
  EXPECT_THAT(names_in(cargo), ElementsAre("main", "latest", "main-arm64"));
  EXPECT_EQ(cargo.document(digest_of(two.index)), &cargo.documents[2]);
  EXPECT_EQ(cargo.document(digest_of("else")), nullptr);
}

TEST(Cargo, NamesConfigAndLayersOfAManifest) {
  LayoutBuilder builder;
  const std::string image = builder.simple({}, "main");
  const Cargo cargo = gathered(builder);
  const auto& blobs = cargo.documents.at(0).blobs;
  ASSERT_EQ(blobs.size(), 2U);
  EXPECT_EQ(blobs[0].media_type, "application/vnd.oci.image.config.v1+json");
  for (const Descriptor& blob : blobs) {
    EXPECT_EQ(read_document(cargo.find(blob).value(), largest_document),
              builder.blobs[blob.digest.string()]);
  }
}

TEST(Cargo, ReadsFullNamesFromBothAnnotations) {
  LayoutBuilder builder;
  const std::string image = builder.simple({});
  builder.index_entries.clear();
  builder.top(image, oci_manifest_type, "docker.io/velero/velero:main");  // as skopeo writes
  builder.top(image, oci_manifest_type, "v1", "localhost:5000/velero:v1");
  const Cargo cargo = gathered(builder);
  ASSERT_EQ(cargo.names.size(), 2U);
  EXPECT_EQ(cargo.names[0].name, (ImageName{"main", "docker.io/velero/velero:main"}));
  EXPECT_EQ(cargo.names[1].name, (ImageName{"v1", "localhost:5000/velero:v1"}));
}

TEST(Cargo, ImagesWithoutANameAreRoots) {
  LayoutBuilder builder;
  const std::string image = builder.simple({});
  const Cargo cargo = gathered(builder);
  EXPECT_THAT(cargo.roots, ElementsAre(digest_of(image)));
  EXPECT_THAT(cargo.names, IsEmpty());
}

TEST(Cargo, OneNameForTwoImagesIsRefused) {
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "main");
  builder.simple({"linux", "arm64"}, "main");
  EXPECT_THAT(refusal([&] { return gathered(builder); }),
              testing::AllOf(StartsWith("conflict: "), HasSubstr("for the name 'main'")));
  // Where one of them is left, there is nothing to refuse.
  EXPECT_THAT(names_in(gathered(builder, {.platforms = {Platform::parse("linux/arm64")}})),
              ElementsAre("main"));
}

TEST(Cargo, ARepeatedEntryOfIndexJsonCountsOnce) {
  LayoutBuilder builder;
  const std::string image = builder.simple({}, "main");
  builder.top(image, oci_manifest_type, "main");
  const Cargo cargo = gathered(builder);
  EXPECT_EQ(cargo.roots.size(), 1U);
  EXPECT_EQ(cargo.names.size(), 1U);
}

TEST(Cargo, AMissingImageIsToldWithAHint) {
  TwoPlatforms two;
  two.builder.blobs.erase(sha256(two.arm64_image));
  EXPECT_THAT(refusal([&] { return gathered(two.builder); }),
              testing::AllOf(StartsWith("not_found: layout: " + sha256(two.index)),
                             HasSubstr(sha256(two.arm64_image)), HasSubstr("--platform")));
  const Cargo cargo = gathered(two.builder, {.platforms = {Platform::parse("linux/amd64")}});
  EXPECT_EQ(cargo.documents.size(), 2U);
}

TEST(Cargo, MissingLayersAreNoConcernOfIts) {
  LayoutBuilder builder;
  builder.simple({}, "main");
  const Descriptor layer = gathered(builder).documents.at(0).blobs.at(1);
  builder.blobs.erase(layer.digest.string());
  EXPECT_EQ(gathered(builder).find(layer), std::nullopt);
}

TEST(Cargo, DocumentsAreChecked) {
  TwoPlatforms two;
  two.builder.blobs[sha256(two.arm64_image)].replace(0, 1, " ");
  EXPECT_THAT(refusal([&] { return gathered(two.builder); }), StartsWith("corrupt: "));
}

TEST(Cargo, ADocumentWithTwoSizesIsRefused) {
  TwoPlatforms two;
  std::string wrong = descriptor(oci_manifest_type, two.arm64_image);
  const std::string size = "\"size\":" + std::to_string(two.arm64_image.size());
  wrong.replace(wrong.find(size), size.size(), "\"size\":7");
  two.builder.top_descriptor(wrong);
  EXPECT_THAT(refusal([&] { return gathered(two.builder); }), StartsWith("corrupt: "));
}

TEST(Cargo, AnIndexThatListsItselfIsRefused) {
  LayoutBuilder builder;
  // Its digest cannot be right: the bytes are those of another document.
  const std::string other = builder.index({});
  const std::string self = R"({"schemaVersion":2,"mediaType":")" + oci_index_type +
                           R"(","manifests":[)" + descriptor(oci_index_type, other) + "]}";
  builder.blobs[sha256(other)] = self;
  builder.top(other, oci_index_type, "main");
  EXPECT_THAT(refusal([&] { return gathered(builder); }), StartsWith("corrupt: "));
}

std::string nested(LayoutBuilder& builder, int levels) {
  std::string document = builder.image({});
  std::string type = oci_manifest_type;
  for (int i = 0; i < levels; ++i) {
    document = builder.index({descriptor(type, document)});
    type = oci_index_type;
  }
  builder.top(document, oci_index_type, "main");
  return document;
}

TEST(Cargo, EightLevelsOfIndexesAreFollowedAndNoMore) {
  LayoutBuilder eight;
  nested(eight, 8);
  EXPECT_EQ(gathered(eight).documents.size(), 9U);
  for (const CargoOptions& options :
       {CargoOptions{}, CargoOptions{.platforms = {Platform::parse("linux/amd64")}},
        CargoOptions{.format = ImageFormat::docker}}) {
    LayoutBuilder nine;
    nested(nine, 9);
    EXPECT_THAT(refusal([&] { return gathered(nine, options); }),
                testing::AllOf(StartsWith("corrupt: "), HasSubstr("8 levels of indexes")));
  }
}

TEST(Cargo, ALatticeOfIndexesIsWalkedOnce) {
  // Each lists the one below twice: 2^8 ways down.
  LayoutBuilder builder;
  std::string below = descriptor(oci_manifest_type, builder.image({}));
  for (int i = 0; i < 8; ++i) {
    below = descriptor(oci_index_type, builder.index({below, below}));
  }
  builder.top_descriptor(below);
  EXPECT_EQ(gathered(builder).documents.size(), 9U);
}

TEST(Cargo, WhatAnIndexListsOfOtherKindsIsABlobOfIt) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  builder.blob("any bytes");
  const std::string index = builder.index(
      {descriptor("text/plain", "any bytes"), LayoutBuilder::image_descriptor(image, {})});
  builder.top(index, oci_index_type, "main");
  const Cargo cargo = gathered(builder);
  ASSERT_EQ(cargo.documents.size(), 2U);
  EXPECT_EQ(cargo.documents[1].blobs.at(0).digest, digest_of("any bytes"));
  EXPECT_THAT(cargo.documents[1].children, ElementsAre(digest_of(image)));
}

TEST(Cargo, WhatIsNoDocumentAtTheTopIsLeftOutWithANote) {
  LayoutBuilder builder;
  builder.simple({}, "main");
  builder.blob("any bytes");
  builder.top("any bytes", "text/plain", "text");
  RecordingProgress progress;
  EXPECT_THAT(names_in(gathered(builder, {}, {}, progress)), ElementsAre("main"));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("text/plain")));
  builder.index_entries.erase(builder.index_entries.begin());
  EXPECT_THAT(refusal([&] { return gathered(builder); }), StartsWith("not_found: "));
}

TEST(Cargo, ServesWhatADescriptorHoldsItself) {
  LayoutBuilder builder;
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":")" + oci_manifest_type + R"(","config":)" +
      descriptor("application/vnd.example", "hello", R"(,"data":"aGVsbG8=")") + R"(,"layers":[)" +
      descriptor("application/vnd.oci.empty.v1+json", "{}") + "]}";
  builder.blob(manifest);
  builder.top(manifest, oci_manifest_type, "main");
  const Cargo cargo = gathered(builder);
  const auto& blobs = cargo.documents.at(0).blobs;
  EXPECT_EQ(read_document(cargo.find(blobs.at(0)).value(), 100), "hello");
  // Also by a descriptor that does not hold it.
  EXPECT_EQ(read_document(cargo.find({"", digest_of("hello"), 5}).value(), 100), "hello");
  EXPECT_EQ(read_document(cargo.find(blobs.at(1)).value(), 100), "{}");
}

TEST(Cargo, EmbeddedBytesOfADocumentAreChecked) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  builder.blobs.erase(sha256(image));
  builder.top_descriptor(descriptor(oci_manifest_type, image, R"(,"data":"aGVsbG8=")"));
  EXPECT_THAT(refusal([&] { return gathered(builder); }), StartsWith("corrupt: "));
}

TEST(Cargo, ArtifactsAreCarriedAsTheyAre) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  const std::string sbom = artifact(builder, image);
  builder.top(sbom, oci_manifest_type, "sbom");
  const Cargo cargo = gathered(builder);
  EXPECT_EQ(cargo.documents.at(0).text, sbom);
  EXPECT_EQ(cargo.documents[0].subject, digest_of(image));
}

// --- what speaks of images

TEST(CargoReferrers, GoAlongBySubjectBehindWhatTheySpeakOf) {
  TwoPlatforms two;
  const std::string sbom = artifact(two.builder, two.arm64_image);
  const std::string signature = artifact(two.builder, sbom, "application/vnd.example.signature");
  const std::string of_index =
      artifact(two.builder, two.index, "application/vnd.example.other", oci_index_type);
  // Later ones first.
  two.builder.top(of_index, oci_manifest_type).top(signature, oci_manifest_type);
  two.builder.top(sbom, oci_manifest_type);
  for (const std::string tag : {"", "main"}) {
    const Cargo cargo = gathered(two.builder, {}, tag);
    ASSERT_EQ(cargo.documents.size(), 6U) << tag;
    EXPECT_LT(place_of(cargo, two.arm64_image), place_of(cargo, sbom));
    EXPECT_LT(place_of(cargo, two.amd64_image), place_of(cargo, of_index));
    EXPECT_LT(place_of(cargo, sbom), place_of(cargo, signature));
    EXPECT_EQ(place_of(cargo, two.index), 5);
    EXPECT_THAT(cargo.roots, ElementsAre(digest_of(two.index)));
    EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  }
}

TEST(CargoReferrers, WithoutThemOnlyImagesGo) {
  TwoPlatforms two;
  two.builder.top(artifact(two.builder, two.index, "x/y", oci_index_type), oci_manifest_type);
  const ImageStore store = memory_store(two.builder);
  const Cargo cargo = gather(store, store.index.manifests, {}, {}, silent_progress());
  EXPECT_EQ(cargo.documents.size(), 3U);
}

TEST(CargoReferrers, OfAFallbackTagGoAlongButNotTheTag) {
  TwoPlatforms two;
  const std::string sbom = artifact(two.builder, two.amd64_image);
  const std::string list = two.builder.index({descriptor(oci_manifest_type, sbom)});
  two.builder.top(list, oci_index_type, digest_tag(two.amd64_image));
  const Cargo cargo = gathered(two.builder);
  EXPECT_EQ(cargo.documents.size(), 4U);
  EXPECT_GE(place_of(cargo, sbom), 0);
  EXPECT_EQ(place_of(cargo, list), -1);
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_EQ(cargo.roots.size(), 1U);
}

TEST(CargoReferrers, AFallbackTagOfWhatIsNotHereIsAnOrdinaryTag) {
  LayoutBuilder builder;
  const std::string sbom = artifact(builder, "not here");
  const std::string list = builder.index({descriptor(oci_manifest_type, sbom)});
  builder.top(list, oci_index_type, digest_tag("not here"));
  const Cargo cargo = gathered(builder);
  EXPECT_THAT(names_in(cargo), ElementsAre(digest_tag("not here")));
  EXPECT_THAT(cargo.roots, ElementsAre(digest_of(list)));
  EXPECT_EQ(cargo.documents.size(), 2U);
}

TEST(CargoReferrers, OfCosignKeepTheirTagsAndSayWhatTheySpeakOf) {
  TwoPlatforms two;
  const std::string signature = cosign_signature(two.builder);
  const std::string attestation = cosign_signature(two.builder, "2");
  two.builder.top(signature, oci_manifest_type, digest_tag(two.index) + ".sig");
  two.builder.top(attestation, oci_manifest_type, digest_tag(two.arm64_image) + ".att");
  two.builder.top(signature, oci_manifest_type, digest_tag(attestation) + ".sbom");
  for (const std::string tag : {"", "main"}) {
    const Cargo cargo = gathered(two.builder, {}, tag);
    EXPECT_EQ(cargo.documents.size(), 5U);
    EXPECT_THAT(cargo.roots, ElementsAre(digest_of(two.index)));
    ASSERT_EQ(cargo.names.size(), 4U);
    std::map<std::string, std::optional<Digest>> about;
    for (const CargoName& name : cargo.names) about[name.name.tag] = name.about;
    EXPECT_EQ(about["main"], std::nullopt);
    EXPECT_EQ(about[digest_tag(two.index) + ".sig"], digest_of(two.index));
    EXPECT_EQ(about[digest_tag(two.arm64_image) + ".att"], digest_of(two.arm64_image));
    EXPECT_EQ(about[digest_tag(attestation) + ".sbom"], digest_of(attestation));
    EXPECT_EQ(cargo.document(digest_of(signature))->subject, std::nullopt);
  }
}

TEST(CargoReferrers, OfCosignWithoutTheirImageAreOrdinaryTags) {
  LayoutBuilder builder;
  const std::string signature = cosign_signature(builder);
  builder.top(signature, oci_manifest_type, digest_tag("not here") + ".sig");
  const Cargo cargo = gathered(builder);
  EXPECT_THAT(cargo.roots, ElementsAre(digest_of(signature)));
  ASSERT_EQ(cargo.names.size(), 1U);
  EXPECT_EQ(cargo.names[0].about, std::nullopt);
}

TEST(CargoReferrers, OfCosignMustBeDocuments) {
  TwoPlatforms two;
  two.builder.blob("any bytes");
  two.builder.top("any bytes", "text/plain", digest_tag(two.index) + ".sig");
  EXPECT_THAT(names_in(gathered(two.builder, {}, "main")), ElementsAre("main"));
  // Also where the Referrers are others' and say so.
  const ImageStore store = memory_store(two.builder);
  const Referrers all = [&](const Digest&) {
    return std::vector<Descriptor>{store.index.manifests[1]};
  };
  const Cargo cargo = gather(store, {store.index.manifests[0]}, all, {}, silent_progress());
  EXPECT_EQ(cargo.documents.size(), 3U);
}

TEST(CargoReferrers, WithANameOfTheirOwnKeepIt) {
  TwoPlatforms two;
  const std::string sbom = artifact(two.builder, two.amd64_image);
  two.builder.top(sbom, oci_manifest_type, "main-sbom");
  EXPECT_THAT(names_in(gathered(two.builder)), ElementsAre("main", "main-sbom"));
  // It goes along with the image alone, too, but then nobody asked for that name.
  const Cargo cargo = gathered(two.builder, {}, "main");
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_GE(place_of(cargo, sbom), 0);
}

TEST(CargoReferrers, AreDoubledByNoWayOfListingThem) {
  TwoPlatforms two;
  const std::string sbom = artifact(two.builder, two.amd64_image);
  two.builder.top(sbom, oci_manifest_type).top(sbom, oci_manifest_type);
  two.builder.top(two.builder.index({descriptor(oci_manifest_type, sbom)}), oci_index_type,
                  digest_tag(two.amd64_image));
  EXPECT_THAT(referrers_in(memory_store(two.builder))(digest_of(two.amd64_image)),
              testing::SizeIs(1));
  EXPECT_EQ(gathered(two.builder).documents.size(), 4U);
}

TEST(CargoReferrers, ThatAreMissingOrSpeakOfOthersAreLeftOutWithAWarning) {
  TwoPlatforms two;
  const std::string other = artifact(two.builder, two.arm64_image);
  const std::string gone = artifact(two.builder, two.amd64_image, "application/vnd.example.gone");
  two.builder.blobs.erase(sha256(gone));
  two.builder.top(two.builder.index(
                      {descriptor(oci_manifest_type, other), descriptor(oci_manifest_type, gone)}),
                  oci_index_type, digest_tag(two.amd64_image));
  RecordingProgress progress;
  EXPECT_EQ(gathered(two.builder, {}, {}, progress).documents.size(), 3U);
  EXPECT_THAT(progress.warnings(),
              ElementsAre(HasSubstr("does not speak of"), HasSubstr("missing")));
}

TEST(CargoReferrers, AreFollowedOverEightLevels) {
  LayoutBuilder builder;
  std::string last = builder.simple({}, "main");
  for (int i = 0; i < 10; ++i) {
    last = artifact(builder, last);
    builder.top(last, oci_manifest_type);
  }
  RecordingProgress progress;
  EXPECT_EQ(gathered(builder, {}, "main", progress).documents.size(), 9U);
  EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr("8 levels")));
}

TEST(CargoReferrers, AChainOfManyIsOrderedWithoutRecursion) {
  LayoutBuilder builder;
  std::string last = builder.image({});
  std::vector<std::string> listed{descriptor(oci_manifest_type, last)};
  for (int i = 0; i < 2000; ++i) {
    last = artifact(builder, last);
    listed.push_back(descriptor(oci_manifest_type, last));
  }
  std::reverse(listed.begin(), listed.end());
  builder.top(builder.index(listed), oci_index_type, "main");
  const Cargo cargo = gathered(builder);
  ASSERT_EQ(cargo.documents.size(), 2002U);
  for (std::size_t i = 1; i <= 2000; ++i) {
    ASSERT_EQ(cargo.documents[i].subject, cargo.documents[i - 1].descriptor.digest);
  }
}

TEST(CargoReferrers, AnIndexMayBeOne) {
  LayoutBuilder builder;
  const std::string image = builder.simple({}, "main");
  const std::string index =
      builder.index({}, false, R"(,"subject":)" + descriptor(oci_manifest_type, image));
  builder.top(index, oci_index_type);
  const Cargo cargo = gathered(builder);
  EXPECT_EQ(cargo.document(digest_of(index))->subject, digest_of(image));
  EXPECT_THAT(cargo.roots, ElementsAre(digest_of(image)));
}

// --- tags of platforms

TEST(CargoPlatformTags, NameTheImagesOfNamedIndexes) {
  TwoPlatforms two("main", "docker.io/velero/velero:main");
  const Cargo cargo = gathered(two.builder, {.platform_tags = true});
  EXPECT_THAT(names_in(cargo), ElementsAre("docker.io/velero/velero:main",
                                           "docker.io/velero/velero:main-linux-amd64",
                                           "docker.io/velero/velero:main-linux-arm64"));
  EXPECT_EQ(cargo.names[2].digest, digest_of(two.arm64_image));
  EXPECT_EQ(cargo.names[2].name.tag, "main-linux-arm64");
}

TEST(CargoPlatformTags, AreCompletedFromConfigsAndLeaveOutAttestations) {
  LayoutBuilder builder;
  const LayoutBuilder::Platform windows{"windows", "amd64", "", "10.0.20348.1607"};
  const std::string image = builder.image({.platform = windows});
  const std::string arm = builder.image({.platform = {"linux", "arm", "v6"}});
  const std::string attestation = builder.attestation(arm);
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {"windows", "amd64"}),
                             descriptor(oci_manifest_type, arm),
                             LayoutBuilder::image_descriptor(attestation, {"unknown", "unknown"})}),
              oci_index_type, "t");
  EXPECT_THAT(names_in(gathered(builder, {.platform_tags = true})),
              ElementsAre("t", "t-windows-ltsc2022-amd64", "t-linux-arm-v6"));
}

TEST(CargoPlatformTags, ThatAreThereAlreadyAreNotRepeated) {
  TwoPlatforms two;
  two.builder.top(two.arm64_image, oci_manifest_type, "main-linux-arm64");
  EXPECT_THAT(names_in(gathered(two.builder, {.platform_tags = true})),
              ElementsAre("main", "main-linux-arm64", "main-linux-amd64"));
}

TEST(CargoPlatformTags, ThatWouldNameTwoImagesAreRefused) {
  TwoPlatforms two;
  two.builder.top(two.arm64_image, oci_manifest_type, "main-linux-amd64");
  EXPECT_THAT(refusal([&] { return gathered(two.builder, {.platform_tags = true}); }),
              testing::AllOf(StartsWith("conflict: "), HasSubstr("a platform and another image")));

  LayoutBuilder builder;
  const LayoutBuilder::Platform old{"windows", "amd64", "", "10.0.20348.1"};
  const LayoutBuilder::Platform newer{"windows", "amd64", "", "10.0.20348.2"};
  builder.top(builder.index({LayoutBuilder::image_descriptor(builder.image({.platform = old}), old),
                             LayoutBuilder::image_descriptor(
                                 builder.image({.platform = newer, .layers = {"n"}}), newer)}),
              oci_index_type, "t");
  EXPECT_THAT(refusal([&] { return gathered(builder, {.platform_tags = true}); }),
              testing::AllOf(StartsWith("conflict: "), HasSubstr("for two")));
}

TEST(CargoPlatformTags, NameWhatNarrowingAndConvertingMade) {
  TwoPlatforms two;
  const Cargo cargo = gathered(two.builder, {.platforms = {Platform::parse("linux/arm64")},
                                             .format = ImageFormat::docker,
                                             .platform_tags = true});
  EXPECT_THAT(names_in(cargo), ElementsAre("main", "main-linux-arm64"));
  EXPECT_NE(cargo.names[1].digest, digest_of(two.arm64_image));
  const CargoDocument* image = cargo.document(cargo.names[1].digest);
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->descriptor.media_type, docker_manifest_type);
  EXPECT_THAT(cargo.roots, ElementsAre(cargo.names[0].digest));
  // Over both steps, each document that went out as another one, once.
  ASSERT_EQ(cargo.replaced.size(), 2U);
  EXPECT_EQ(cargo.replaced[0].before, digest_of(two.index));
  EXPECT_EQ(cargo.replaced[0].after, cargo.names[0].digest);
  EXPECT_EQ(cargo.replaced[1].before, digest_of(two.arm64_image));
  EXPECT_EQ(cargo.replaced[1].what, "linux/arm64");
}

}  // namespace
}  // namespace ocimux::test
