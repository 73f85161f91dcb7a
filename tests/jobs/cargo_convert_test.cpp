#include "support/cargoes.hpp"

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
using testing::StartsWith;

const CargoOptions to_docker{.format = ImageFormat::docker};
const CargoOptions to_oci{.format = ImageFormat::oci};

/// An image whose layers have these media types.
std::string image_of(LayoutBuilder& builder, const std::vector<std::string>& layer_types,
                     const std::string& type = oci_manifest_type,
                     const std::string& config_type = "application/vnd.oci.image.config.v1+json",
                     const std::string& layer_members = "") {
  const std::string config = R"({"architecture":"amd64","os":"linux","rootfs":{}})";
  builder.blob(config);
  std::string layers;
  for (const std::string& layer : layer_types) {
    builder.blob(layer);
    layers += (layers.empty() ? "" : ",") + descriptor(layer, layer, layer_members);
  }
  const std::string manifest = R"({"schemaVersion":2,"mediaType":")" + type + R"(","config":)" +
                               descriptor(config_type, config) + R"(,"layers":[)" + layers + "]}";
  builder.blob(manifest);
  return manifest;
}

std::vector<std::string> types_of(const CargoDocument& document) {
  std::vector<std::string> types{document.descriptor.media_type};
  for (const Descriptor& blob : document.blobs) types.push_back(blob.media_type);
  return types;
}

const std::vector<std::string> oci_layers{
    "application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.oci.image.layer.nondistributable.v1.tar",
    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"};
const std::vector<std::string> docker_layers{
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.docker.image.rootfs.foreign.diff.tar",
    "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"};
const std::string docker_config = "application/vnd.docker.container.image.v1+json";

std::vector<std::string> all_types(const std::string& manifest, const std::string& config,
                                   const std::vector<std::string>& layers) {
  std::vector<std::string> types{manifest, config};
  types.insert(types.end(), layers.begin(), layers.end());
  return types;
}

TEST(CargoConvert, MapsEveryMediaTypeBothWays) {
  LayoutBuilder oci;
  oci.top(image_of(oci, oci_layers), oci_manifest_type, "main");
  EXPECT_EQ(types_of(gathered(oci, to_docker).documents.at(0)),
            all_types(docker_manifest_type, docker_config, docker_layers));
  LayoutBuilder docker;
  docker.top(image_of(docker, docker_layers, docker_manifest_type, docker_config),
             docker_manifest_type, "main");
  EXPECT_EQ(types_of(gathered(docker, to_oci).documents.at(0)),
            all_types(oci_manifest_type, "application/vnd.oci.image.config.v1+json", oci_layers));
}

TEST(CargoConvert, ConvertsAnIndexWithItsImagesAndLeavesBlobsAsTheyAre) {
  TwoPlatforms two;
  const Cargo before = gathered(two.builder);
  const Cargo cargo = gathered(two.builder, to_docker);
  ASSERT_EQ(cargo.documents.size(), 3U);
  const CargoDocument& list = cargo.documents.back();
  EXPECT_EQ(list.descriptor.media_type, docker_list_type);
  const Index index = Index::parse(list.text, docker_list_type);
  EXPECT_EQ(index.manifests.at(0).media_type, docker_manifest_type);
  EXPECT_EQ(index.manifests[1].platform.value().architecture, "arm64");
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(index.manifests[i].digest, Digest::of(cargo.documents[i].text));
    for (std::size_t k = 0; k < 2; ++k) {
      EXPECT_EQ(cargo.documents[i].blobs.at(k).digest, before.documents[i].blobs.at(k).digest);
    }
  }
  std::vector<std::string> whats;
  for (const Replaced& replaced : cargo.replaced) whats.push_back(replaced.what);
  EXPECT_THAT(whats, ElementsAre("linux/amd64", "linux/arm64", "index"));
  EXPECT_EQ(cargo.replaced[2].before, digest_of(two.index));
  EXPECT_EQ(cargo.replaced[2].after, cargo.roots.at(0));
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_EQ(cargo.names[0].digest, cargo.roots[0]);
}

TEST(CargoConvert, ThereAndBackIsTheSameImage) {
  TwoPlatforms two;
  const Cargo cargo = gathered(two.builder, to_docker);
  LayoutBuilder docker;
  for (const CargoDocument& document : cargo.documents) docker.blob(document.text);
  for (const auto& [digest, bytes] : two.builder.blobs) docker.blob(bytes);
  docker.top(cargo.documents.back().text, docker_list_type, "main");
  const Cargo back = gathered(docker, to_oci);
  ASSERT_EQ(back.documents.size(), 3U);
  EXPECT_EQ(types_of(back.documents[0]), types_of(gathered(two.builder).documents[0]));
  EXPECT_EQ(back.documents[2].descriptor.media_type, oci_index_type);
}

TEST(CargoConvert, WhatIsInTheFormatStaysByteForByte) {
  TwoPlatforms two;
  EXPECT_EQ(gathered(two.builder, to_oci).documents.back().text, two.index);
  EXPECT_THAT(gathered(two.builder, to_oci).replaced, IsEmpty());
  LayoutBuilder docker;
  const std::string image = docker.image({.docker_types = true});
  const std::string list =
      docker.index({LayoutBuilder::image_descriptor(image, {}, "", true)}, true, R"(,"x": 1)");
  docker.top(list, docker_list_type, "main");
  const Cargo cargo = gathered(docker, to_docker);
  EXPECT_EQ(cargo.documents.at(0).text, image);
  EXPECT_EQ(cargo.documents.at(1).text, list);
}

TEST(CargoConvert, AnImageInTheFormatStaysInAnIndexThatIsNot) {
  LayoutBuilder builder;
  const std::string image = builder.image({.docker_types = true});
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {}, "", true)}), oci_index_type,
              "main");
  const Cargo cargo = gathered(builder, to_docker);
  EXPECT_EQ(cargo.documents.at(0).text, image);
  EXPECT_EQ(cargo.replaced.size(), 1U);
}

TEST(CargoConvert, LayersThatDockerHasNoTypeForAreRefused) {
  for (const std::string type :
       {"application/vnd.oci.image.layer.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.diff.tar.zstd", "application/vnd.example"}) {
    LayoutBuilder builder;
    builder.top(image_of(builder, {oci_layers[0], type}), oci_manifest_type, "main");
    EXPECT_THAT(refusal([&] { return gathered(builder, to_docker); }),
                AllOf(StartsWith("unsupported: "), HasSubstr("layer 2"), HasSubstr(sha256(type)),
                      HasSubstr(type), HasSubstr("--recompress --compression gzip")));
  }
}

TEST(CargoConvert, OciTakesZstdAndTypesItDoesNotKnow) {
  LayoutBuilder builder;
  builder.top(
      image_of(builder, {"application/vnd.docker.image.rootfs.diff.tar.zstd", "application/x"},
               docker_manifest_type, docker_config),
      docker_manifest_type, "main");
  EXPECT_THAT(types_of(gathered(builder, to_oci).documents.at(0)),
              ElementsAre(oci_manifest_type, "application/vnd.oci.image.config.v1+json",
                          "application/vnd.oci.image.layer.v1.tar+zstd", "application/x"));
}

TEST(CargoConvert, AnnotationsDoNotFitIntoDockersFormatAndOneNoteSaysSo) {
  LayoutBuilder builder;
  const std::string noted = R"(,"annotations":{"k":"secret"})";
  const std::string image = builder.image({.manifest_members = noted + R"(,"x":"secret")"});
  builder.top(
      builder.index({LayoutBuilder::image_descriptor(image, {}, noted + R"(,"data":"e30=")")},
                    false, noted),
      oci_index_type, "main");
  RecordingProgress progress;
  const Cargo cargo = gathered(builder, to_docker, {}, progress);
  for (const CargoDocument& document : cargo.documents) {
    EXPECT_THAT(document.text, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("data"))));
  }
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("annotations were left out")));
}

TEST(CargoConvert, UrlsOfForeignLayersStay) {
  LayoutBuilder builder;
  const std::string urls = R"("urls":["https://example.com/l"])";
  builder.top(
      image_of(builder, {oci_layers[3]}, oci_manifest_type,
               "application/vnd.oci.image.config.v1+json", "," + urls + R"(,"data":"eA==")"),
      oci_manifest_type, "main");
  EXPECT_THAT(gathered(builder, to_docker).documents.at(0).text,
              AllOf(HasSubstr(urls), Not(HasSubstr("data"))));
}

TEST(CargoConvert, AnImageWithoutAPlatformInItsIndexGetsThatOfItsConfig) {
  LayoutBuilder builder;
  const std::string image = builder.image({.platform = {"linux", "s390x"}});
  builder.top(builder.index({descriptor(oci_manifest_type, image)}), oci_index_type, "main");
  const Index list =
      Index::parse(gathered(builder, to_docker).documents.back().text, docker_list_type);
  ASSERT_TRUE(list.manifests.at(0).platform);
  EXPECT_EQ(list.manifests[0].platform->architecture, "s390x");
}

std::string with_attestation(LayoutBuilder& builder, const std::string& attestation,
                             const std::string& image, bool docker_types) {
  const std::string speaks =
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
      sha256(image) + R"("})";
  return builder.index(
      {LayoutBuilder::image_descriptor(attestation, {"unknown", "unknown"}, speaks),
       LayoutBuilder::image_descriptor(image, {}, "", docker_types)});
}

TEST(CargoConvert, AttestationsAndArtifactsDoNotGoIntoDockersFormat) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  const std::string attestation = builder.attestation(image);
  builder.top(with_attestation(builder, attestation, image, false), oci_index_type, "main");
  builder.top(artifact(builder, "not here"), oci_manifest_type, "sbom");
  builder.top(cosign_signature(builder), oci_manifest_type, digest_tag("not here") + ".sig");
  RecordingProgress progress;
  const Cargo cargo = gathered(builder, to_docker, {}, progress);
  EXPECT_EQ(cargo.documents.size(), 2U);
  EXPECT_THAT(names_in(cargo), ElementsAre("main"));
  EXPECT_THAT(progress.notes(),
              ElementsAre(HasSubstr("holds no attestations"), HasSubstr("holds images only"),
                          HasSubstr("holds images only")));
  EXPECT_THAT(refusal([&] { return gathered(builder, to_docker, "sbom"); }),
              StartsWith("unsupported: "));
}

TEST(CargoConvert, AttestationsOfWhatStaysAsItIsStay) {
  LayoutBuilder builder;
  const std::string same = builder.image({});
  const std::string changed = builder.image({.layers = {"c"}, .docker_types = true});
  builder.top(with_attestation(builder, builder.attestation(same), same, false), oci_index_type,
              "same");
  builder.top(with_attestation(builder, builder.attestation(changed), changed, true),
              oci_index_type, "changed");
  RecordingProgress progress;
  const Cargo cargo = gathered(builder, to_oci, {}, progress);
  EXPECT_GE(place_of(cargo, builder.attestation(same)), 0);
  EXPECT_EQ(place_of(cargo, builder.attestation(changed)), -1);
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("is another one now")));
}

TEST(CargoConvert, WhatSpeaksOfAChangedImageIsLeftBehindWithANote) {
  LayoutBuilder builder;
  const std::string oci = builder.simple({}, "oci");
  const std::string docker = builder.image({.layers = {"d"}, .docker_types = true});
  builder.top(docker, docker_manifest_type, "docker");
  const std::string of_docker = artifact(builder, docker, "x/docker", docker_manifest_type);
  builder.top(artifact(builder, oci), oci_manifest_type).top(of_docker, oci_manifest_type);
  RecordingProgress progress;
  const Cargo cargo = gathered(builder, to_docker, {}, progress);
  EXPECT_EQ(cargo.documents.size(), 3U);
  EXPECT_GE(place_of(cargo, of_docker), 0);
  EXPECT_THAT(progress.notes(), Contains(HasSubstr(sha256(oci) + " (1) was left out")));
}

TEST(CargoConvert, KeepsTheOneDocumentThatIsListedTwiceOne) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {"linux", "amd64"}),
                             LayoutBuilder::image_descriptor(image, {"linux", "amd64", "v2"})}),
              oci_index_type, "main");
  builder.top(image, oci_manifest_type, "single");
  const Cargo cargo = gathered(builder, to_docker);
  EXPECT_EQ(cargo.documents.size(), 2U);
  EXPECT_EQ(cargo.replaced.size(), 2U);
  const Index list = Index::parse(cargo.documents.back().text, docker_list_type);
  EXPECT_EQ(list.manifests.at(1).platform.value().variant, "v2");
  EXPECT_THAT(names_in(cargo), ElementsAre("main", "single"));
}

TEST(CargoConvert, BytesThatAnIndexHoldsOfAChangedImageGoWithTheirDigest) {
  LayoutBuilder builder;
  const std::string image = builder.image({.docker_types = true});
  builder.top(builder.index({LayoutBuilder::image_descriptor(
                  image, {}, R"(,"data":"e30=","x":1,"annotations":{"k":"v"})", true)}),
              oci_index_type, "main");
  EXPECT_THAT(gathered(builder, to_oci).documents.back().text,
              AllOf(Not(HasSubstr("data")), HasSubstr(R"("x":1)"), HasSubstr(R"({"k":"v"})")));
}

TEST(CargoConvert, WhatIsNarrowedAndThenLeftOutIsNotTold) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  const std::string other = artifact(builder, "not here");
  const std::string inner =
      builder.index({LayoutBuilder::image_descriptor(other, {"linux", "amd64"}),
                     LayoutBuilder::image_descriptor(image, {"linux", "arm64"})});
  const std::string outer = builder.index(
      {LayoutBuilder::image_descriptor(image, {}), descriptor(oci_index_type, inner)});
  builder.top(outer, oci_index_type, "main");
  const Cargo cargo = gathered(
      builder, {.platforms = {Platform::parse("linux/amd64")}, .format = ImageFormat::docker});
  ASSERT_EQ(cargo.documents.size(), 2U);
  std::vector<Digest> before;
  for (const Replaced& replaced : cargo.replaced) before.push_back(replaced.before);
  EXPECT_THAT(before, ElementsAre(digest_of(outer), digest_of(image)));
}

}  // namespace
}  // namespace ocimux::test
