#include <ocimux/spec/documents.hpp>

#include <ocimux/spec/media_types.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux {
namespace {

using testing::ElementsAre;
using testing::Pair;

const std::string hex_a(64, 'a');
const std::string hex_b(64, 'b');
const std::string hex_c(64, 'c');

std::string manifest_text() {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
         R"("artifactType":"application/x","config":{"mediaType":)"
         R"("application/vnd.oci.image.config.v1+json","digest":"sha256:)" +
         hex_a + R"(","size":7},"layers":[{"mediaType":)" +
         R"("application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:)" + hex_b +
         R"(","size":9223372036854775807,"annotations":{"k":"v"},"urls":["https://a/"],)" +
         R"("data":"e30="}],"subject":{"mediaType":"t","digest":"sha256:)" + hex_c +
         R"(","size":0},"annotations":{"a":"1","b":"2"},"x-more":{"z":[1,null],"a":1.5}})";
}

std::string index_text() {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
         R"("manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
         R"("digest":"sha256:)" +
         hex_a +
         R"(","size":1,"annotations":{"org.opencontainers.image.ref.name":"main"},)"
         R"("platform":{"architecture":"amd64","os":"windows","os.version":"10.0.20348.1",)"
         R"("os.features":["win32k"],"variant":"v2","features":["sse4"]},"artifactType":"y"}],)"
         R"("annotations":{"n":""},"x":true})";
}

TEST(Manifest, ReadsEveryMember) {
  const Manifest manifest = Manifest::parse(manifest_text(), media_type::oci_manifest);
  EXPECT_EQ(manifest.media_type, media_type::oci_manifest);
  EXPECT_EQ(manifest.artifact_type, "application/x");
  EXPECT_EQ(manifest.config.digest.encoded(), hex_a);
  EXPECT_EQ(manifest.config.size, 7);
  EXPECT_EQ(manifest.config.others, "");
  ASSERT_EQ(manifest.layers.size(), 1U);
  EXPECT_EQ(manifest.layers[0].media_type, media_type::oci_layer_gzip);
  EXPECT_EQ(manifest.layers[0].size, INT64_MAX);
  EXPECT_THAT(manifest.layers[0].annotations, ElementsAre(Pair("k", "v")));
  EXPECT_EQ(manifest.layers[0].others, R"({"urls":["https://a/"],"data":"e30="})");
  EXPECT_EQ(manifest.subject.value().digest.encoded(), hex_c);
  EXPECT_THAT(manifest.annotations, ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_EQ(manifest.others, R"({"x-more":{"z":[1,null],"a":1.5}})");
}

TEST(Manifest, DocumentIsWhatWasRead) {
  const Manifest manifest = Manifest::parse(manifest_text(), media_type::oci_manifest);
  EXPECT_EQ(manifest.document(), manifest_text());
  EXPECT_EQ(Manifest::parse(manifest.document(), "").document(), manifest_text());
}

TEST(Manifest, DocumentHasNoEmptyMembers) {
  const Descriptor config{std::string(media_type::docker_config), Digest::of("{}"), 2};
  const Manifest manifest{std::string(media_type::docker_manifest), config};
  EXPECT_EQ(manifest.document(),
            R"({"schemaVersion":2,)"
            R"("mediaType":"application/vnd.docker.distribution.manifest.v2+json",)"
            R"("config":{"mediaType":"application/vnd.docker.container.image.v1+json","digest":)"
            R"("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",)"
            R"("size":2},"layers":[]})");
}

TEST(Manifest, TakesTheTypeOfItsDescriptorWhereItSaysNone) {
  const std::string text = R"({"config":{"digest":"sha256:)" + hex_a + R"(","size":0}})";
  const Manifest manifest = Manifest::parse(text, media_type::docker_manifest);
  EXPECT_EQ(manifest.media_type, media_type::docker_manifest);
  EXPECT_TRUE(manifest.layers.empty());
  EXPECT_FALSE(manifest.subject.has_value());
  EXPECT_EQ(manifest.others, "");
}

TEST(Manifest, TakesNullForAbsent) {
  const Manifest manifest = Manifest::parse(
      R"({"schemaVersion":2,"mediaType":null,"config":{"mediaType":"c","digest":"sha256:)" + hex_a +
          R"(","size":0,"annotations":null,"platform":null},"layers":null,"subject":null,)" +
          R"("annotations":null,"manifests":null})",
      media_type::oci_manifest);
  EXPECT_TRUE(manifest.layers.empty());
  EXPECT_FALSE(manifest.config.platform.has_value());
}

TEST(Index, ReadsEveryMember) {
  const Index index = Index::parse(index_text(), media_type::oci_index);
  EXPECT_EQ(index.media_type, media_type::oci_index);
  ASSERT_EQ(index.manifests.size(), 1U);
  EXPECT_EQ(index.manifests[0].platform.value(),
            (Platform{"windows", "amd64", "v2", "10.0.20348.1", {"win32k"}}));
  EXPECT_EQ(index.manifests[0].annotations.at(std::string(annotation::ref_name)), "main");
  EXPECT_EQ(index.manifests[0].others, R"({"artifactType":"y"})");
  EXPECT_EQ(index.manifests[0].platform_others, R"({"features":["sse4"]})");
  EXPECT_THAT(index.annotations, ElementsAre(Pair("n", "")));
  EXPECT_EQ(index.others, R"({"x":true})");
}

TEST(Index, DocumentIsWhatWasRead) {
  EXPECT_EQ(Index::parse(index_text(), "").document(), index_text());
}

TEST(Index, KeepsNumbersOfUnknownMembersAsTheyWere) {
  const std::string text =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
      R"("manifests":[],"x":[1.5,-3,9223372036854775807]})";
  EXPECT_EQ(Index::parse(text, "").document(), text);
}

TEST(Index, EmptyIsOne) {
  const Index index = Index::parse(R"({"schemaVersion":2,"manifests":[]})", "");
  EXPECT_TRUE(index.manifests.empty());
  EXPECT_EQ(Index{std::string(media_type::docker_list)}.document(),
            R"({"schemaVersion":2,)"
            R"("mediaType":"application/vnd.docker.distribution.manifest.list.v2+json",)"
            R"("manifests":[]})");
}

TEST(ImageConfig, ReadsWhatRuntimesUse) {
  const ImageConfig config = ImageConfig::parse(
      R"({"architecture":"arm","os":"linux","variant":"v7","created":"2026-11-20T21:00:00Z",)"
      R"("config":{"Env":["A=b"]},"rootfs":{"type":"layers","diff_ids":["sha256:)" +
      hex_b + R"(","sha256:)" + hex_a + R"("]},"history":[{}]})");
  EXPECT_EQ(config.platform, (Platform{"linux", "arm", "v7"}));
  EXPECT_EQ(config.created, "2026-11-20T21:00:00Z");
  ASSERT_EQ(config.diff_ids.size(), 2U);
  EXPECT_EQ(config.diff_ids[0].encoded(), hex_b) << "lowest layer first";
  EXPECT_EQ(config.diff_ids[1].encoded(), hex_a);
}

TEST(ImageConfig, LeavesThePlatformAsItStandsThere) {
  const ImageConfig config = ImageConfig::parse(
      R"({"architecture":"AARCH64","os":"Windows","os.version":"10.0.1","os.features":["b","a"]})");
  EXPECT_EQ(config.platform, (Platform{"Windows", "AARCH64", "", "10.0.1", {"b", "a"}}));
  EXPECT_TRUE(config.diff_ids.empty());
  EXPECT_EQ(config.created, "");
}

TEST(ImageConfig, OfAnythingElseIsEmpty) {
  const ImageConfig config = ImageConfig::parse("{}");
  EXPECT_EQ(config.platform, Platform{});
  EXPECT_TRUE(config.diff_ids.empty());
}

TEST(MediaType, TellsKindsApart) {
  using namespace media_type;
  EXPECT_TRUE(is_index(oci_index) && is_index(docker_list));
  EXPECT_TRUE(is_manifest(oci_manifest) && is_manifest(docker_manifest));
  EXPECT_TRUE(is_config(oci_config) && is_config(docker_config));
  EXPECT_FALSE(is_index(oci_manifest) || is_manifest(docker_list) || is_config(oci_empty));
  EXPECT_FALSE(is_index("") || is_manifest("") || is_config(""));
  EXPECT_TRUE(is_foreign_layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"));
  EXPECT_TRUE(is_foreign_layer("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"));
  EXPECT_FALSE(is_foreign_layer(oci_layer_gzip) || is_foreign_layer(docker_layer));
}

}  // namespace
}  // namespace ocimux
