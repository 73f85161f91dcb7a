#include "support/cargoes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

CargoOptions only(const std::vector<std::string>& platforms) {
  CargoOptions options;
  for (const std::string& platform : platforms) {
    options.platforms.push_back(Platform::parse(platform));
  }
  return options;
}

std::string attestation_descriptor(const std::string& attestation, const std::string& image) {
  return LayoutBuilder::image_descriptor(
      attestation, {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
          sha256(image) + R"("})");
}

/// The text of the one index in a cargo.
std::string index_in(const Cargo& cargo) { return cargo.documents.back().text; }

TEST(CargoNarrow, ListsExactlyThePlatformsAndLeavesAllElseAsItWas) {
  LayoutBuilder builder;
  const std::string amd64 = builder.image({.platform = {"linux", "amd64"}, .layers = {"a"}});
  const std::string arm64 = builder.image({.platform = {"linux", "arm64"}, .layers = {"b"}});
  // Members ocimux has no name for, also within the platform.
  const std::string kept =
      descriptor(oci_manifest_type, arm64,
                 R"(,"x":[1],"platform":{"architecture":"arm64","os":"linux","features":["f"]})");
  const std::string left = LayoutBuilder::image_descriptor(amd64, {"linux", "amd64"});
  const std::string more = R"(,"annotations":{"k":"v"},"y":{"z":null})";
  builder.top(builder.index({left, kept}, false, more), oci_index_type, "main");
  const Cargo cargo = gathered(builder, only({"linux/arm64"}));
  EXPECT_EQ(index_in(cargo), LayoutBuilder(builder).index({kept}, false, more));
  EXPECT_EQ(cargo.documents.size(), 2U);
  EXPECT_EQ(place_of(cargo, amd64), -1);
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_THAT(cargo.roots, ElementsAre(Digest::of(index_in(cargo))));
  EXPECT_EQ(cargo.names[0].digest, cargo.roots[0]);
  ASSERT_EQ(cargo.replaced.size(), 1U);
  EXPECT_EQ(cargo.replaced[0].after, cargo.roots[0]);
  EXPECT_EQ(cargo.replaced[0].what, "index");
}

TEST(CargoNarrow, KeepsTheOrderOfTheIndex) {
  TwoPlatforms two;
  const std::string third = two.builder.image({.platform = {"linux", "s390x"}});
  two.builder.index_entries.clear();
  two.builder.top(two.builder.index({LayoutBuilder::image_descriptor(third, {"linux", "s390x"}),
                                     LayoutBuilder::image_descriptor(two.arm64_image, two.arm64),
                                     LayoutBuilder::image_descriptor(two.amd64_image, two.amd64)}),
                  oci_index_type, "main");
  const Cargo cargo = gathered(two.builder, only({"linux/amd64", "linux/s390x"}));
  EXPECT_THAT(cargo.documents.back().children,
              ElementsAre(digest_of(third), digest_of(two.amd64_image)));
}

TEST(CargoNarrow, AnIndexThatHasNothingElseStaysByteForByte) {
  TwoPlatforms two;
  const Cargo cargo = gathered(two.builder, only({"linux/arm64/v8", "linux/x86_64"}));
  EXPECT_EQ(index_in(cargo), two.index);
  EXPECT_THAT(cargo.replaced, IsEmpty());
}

TEST(CargoNarrow, AMissingPlatformIsRefusedNamingThoseThereAre) {
  TwoPlatforms two;
  const std::string refused = refusal([&] {
    return gathered(two.builder, only({"linux/arm64", "linux/s390x"}));
  });
  EXPECT_THAT(refused, AllOf(StartsWith("not_found: "), HasSubstr("linux/s390x"),
                             HasSubstr("found linux/amd64, linux/arm64")));
}

TEST(CargoNarrow, EachIndexMustHaveThePlatforms) {
  TwoPlatforms two;
  const std::string one =
      two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64)});
  two.builder.top(one, oci_index_type, "other");
  EXPECT_THAT(refusal([&] { return gathered(two.builder, only({"linux/arm64"})); }),
              AllOf(StartsWith("not_found: "), HasSubstr(sha256(one))));
}

TEST(CargoNarrow, AttestationsOfWhatIsKeptStay) {
  TwoPlatforms two;
  const std::string of_amd64 = two.builder.attestation(two.amd64_image);
  const std::string of_arm64 = two.builder.attestation(two.arm64_image);
  two.builder.index_entries.clear();
  two.builder.top(two.builder.index({attestation_descriptor(of_arm64, two.arm64_image),
                                     LayoutBuilder::image_descriptor(two.amd64_image, two.amd64),
                                     LayoutBuilder::image_descriptor(two.arm64_image, two.arm64),
                                     attestation_descriptor(of_amd64, two.amd64_image)}),
                  oci_index_type, "main");
  const Cargo cargo = gathered(two.builder, only({"linux/arm64"}));
  EXPECT_THAT(cargo.documents.back().children,
              ElementsAre(digest_of(of_arm64), digest_of(two.arm64_image)));
}

TEST(CargoNarrow, AMissingAttestationIsLeftOutWithAWarning) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  const std::string attestation = builder.attestation(image);
  builder.blobs.erase(sha256(attestation));
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {}),
                             attestation_descriptor(attestation, image)}),
              oci_index_type, "main");
  RecordingProgress progress;
  const Cargo cargo = gathered(builder, only({"linux/amd64"}), {}, progress);
  EXPECT_THAT(cargo.documents.back().children, ElementsAre(digest_of(image)));
  EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr(sha256(attestation))));
}

TEST(CargoNarrow, AnAttestationOfNobodyKnowsWhatIsLeftOut) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  const std::string odd = LayoutBuilder::image_descriptor(
      builder.attestation(image), {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":"no digest"})");
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {}), odd}), oci_index_type,
              "main");
  EXPECT_THAT(gathered(builder, only({"linux/amd64"})).documents.back().children,
              ElementsAre(digest_of(image)));
}

TEST(CargoNarrow, OsVersionsCountAsFarAsTheyAreSaid) {
  LayoutBuilder builder;
  std::vector<std::string> listed;
  std::vector<std::string> images;
  for (const std::string version : {"10.0.20348.1607", "10.0.17763.4499"}) {
    const LayoutBuilder::Platform platform{"windows", "amd64", "", version};
    images.push_back(builder.image({.platform = platform, .layers = {version}}));
    // The index leaves it to the config.
    listed.push_back(LayoutBuilder::image_descriptor(images.back(), {"windows", "amd64"}));
  }
  builder.top(builder.index(listed), oci_index_type, "main");
  EXPECT_THAT(gathered(builder, only({"windows/amd64:ltsc2022"})).documents.back().children,
              ElementsAre(digest_of(images[0])));
  EXPECT_THAT(gathered(builder, only({"windows/amd64"})).documents.back().children,
              ElementsAre(digest_of(images[0]), digest_of(images[1])));
  EXPECT_THAT(refusal([&] { return gathered(builder, only({"windows/amd64:10.0.2034"})); }),
              StartsWith("not_found: "));
}

TEST(CargoNarrow, AVariantThatTheIndexLeavesOpenIsThatOfTheConfig) {
  LayoutBuilder builder;
  const std::string v6 = builder.image({.platform = {"linux", "arm", "v6"}});
  builder.top(builder.index({LayoutBuilder::image_descriptor(v6, {"linux", "arm"})}),
              oci_index_type, "main");
  EXPECT_EQ(gathered(builder, only({"linux/arm/v6"})).documents.size(), 2U);
  EXPECT_THAT(refusal([&] { return gathered(builder, only({"linux/arm/v7"})); }),
              StartsWith("not_found: "));
}

TEST(CargoNarrow, WhatIsMissingAndNotWantedDoesNotMatter) {
  TwoPlatforms two;
  two.builder.blobs.erase(sha256(two.amd64_image));
  EXPECT_EQ(gathered(two.builder, only({"linux/arm64"})).documents.size(), 2U);
}

TEST(CargoNarrow, IndexesInIndexesAreNarrowedToo) {
  TwoPlatforms two;
  const std::string only_amd64 =
      two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64)});
  two.builder.index_entries.clear();
  // With the bytes of what changes inside.
  two.builder.top(two.builder.index({descriptor(oci_index_type, two.index, R"(,"data":"e30=")"),
                                     descriptor(oci_index_type, only_amd64)}),
                  oci_index_type, "main");
  const Cargo cargo = gathered(two.builder, only({"linux/arm64"}));
  ASSERT_EQ(cargo.documents.size(), 3U);
  EXPECT_EQ(cargo.replaced.size(), 2U);
  EXPECT_THAT(cargo.documents[1].children, ElementsAre(digest_of(two.arm64_image)));
  EXPECT_THAT(cargo.documents[2].children, ElementsAre(cargo.documents[1].descriptor.digest));
  EXPECT_THAT(index_in(cargo), testing::Not(HasSubstr("data")));
  EXPECT_EQ(Index::parse(index_in(cargo), oci_index_type).manifests.at(0).size,
            static_cast<std::int64_t>(cargo.documents[1].text.size()));
}

TEST(CargoNarrow, SingleManifestsStayIfTheyFit) {
  TwoPlatforms two;
  two.builder.top(two.amd64_image, oci_manifest_type, "main-linux-amd64");
  two.builder.top(two.arm64_image, oci_manifest_type, "main-linux-arm64");
  const Cargo cargo = gathered(two.builder, only({"linux/arm64"}));
  EXPECT_THAT(names_in(cargo), ElementsAre("main", "main-linux-arm64"));
  EXPECT_EQ(cargo.names[1].digest, digest_of(two.arm64_image));
  EXPECT_EQ(gathered(two.builder, only({"linux/arm64"}), "main-linux-arm64").replaced.size(), 0U);
  EXPECT_THAT(
      refusal([&] { return gathered(two.builder, only({"linux/arm64"}), "main-linux-amd64"); }),
      AllOf(StartsWith("not_found: "), HasSubstr("found linux/amd64")));
}

TEST(CargoNarrow, WhatIsForNoPlatformIsLeftOutWithANote) {
  TwoPlatforms two;
  two.builder.top(artifact(two.builder, "not here"), oci_manifest_type, "sbom");
  RecordingProgress progress;
  EXPECT_THAT(names_in(gathered(two.builder, only({"linux/amd64"}), {}, progress)),
              ElementsAre("main"));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("for no platform")));
}

TEST(CargoNarrow, WhatSpeaksOfAChangedDocumentIsLeftBehindWithANote) {
  TwoPlatforms two;
  const std::string of_index = artifact(two.builder, two.index, "x/index", oci_index_type);
  const std::string of_arm64 = artifact(two.builder, two.arm64_image);
  const std::string of_amd64 = artifact(two.builder, two.amd64_image);
  const std::string signature = cosign_signature(two.builder);
  for (const std::string& document : {of_index, of_arm64, of_amd64}) {
    two.builder.top(document, oci_manifest_type);
  }
  two.builder.top(signature, oci_manifest_type, digest_tag(two.index) + ".sig");
  RecordingProgress progress;
  const Cargo cargo = gathered(two.builder, only({"linux/arm64"}), {}, progress);
  EXPECT_EQ(cargo.documents.size(), 3U);
  EXPECT_GE(place_of(cargo, of_arm64), 0);
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("(2) was left out")));
  // Of what did not change, all goes along.
  EXPECT_EQ(gathered(two.builder, only({"linux/arm64", "linux/amd64"})).documents.size(), 7U);
}

TEST(CargoNarrow, NobodyIsAskedWhatSpeaksOfADocumentThatWasMade) {
  const TwoPlatforms two;
  const ImageStore store = memory_store(two.builder);
  std::vector<Digest> asked;
  const Referrers referrers = [&](const Digest& digest) {
    asked.push_back(digest);
    return std::vector<Descriptor>{};
  };
  gather(store, store.index.manifests, referrers, only({"linux/arm64"}), silent_progress());
  EXPECT_THAT(asked, ElementsAre(digest_of(two.index), digest_of(two.arm64_image)));
}

}  // namespace
}  // namespace ocimux::test
