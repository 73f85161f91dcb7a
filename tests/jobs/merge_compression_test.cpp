#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::HasSubstr;

const std::string oci_layer = "application/vnd.oci.image.layer.v1.tar";
const std::string docker_layer = "application/vnd.docker.image.rootfs.diff.tar";

TEST(MergeCompression, EveryCodecAndLevelUnpacksToTheTar) {
  const Workspace work;
  const std::string tar =
      TarBuilder().file("app", std::string(200'000, 'x') + random_bytes(200'000, 1)).bytes();
  const std::string input = work.file("app-linux-amd64.tar", tar);
  std::vector<std::pair<std::string, std::string>> codecs{{"none", ""},
                                                          {"gzip", "+gzip"},
                                                          {"zstd", "+zstd"},
                                                          {"zstd:1", "+zstd"},
                                                          {"zstd:19", "+zstd"}};
  for (int level = 1; level <= 9; ++level) {
    codecs.emplace_back("gzip:" + std::to_string(level), "+gzip");
  }
  for (const auto& [codec, suffix] : codecs) {
    MergeOptions options = work.options({input});
    options.output = work.path("out-" + codec);
    options.compression = codec;
    merge(options);
    const ReadLayout out(options.output);
    out.check();
    EXPECT_EQ(out.layer(0, 0), tar) << codec;
    EXPECT_EQ(out.manifest(0)["layers"][0]["mediaType"], oci_layer + suffix);
  }
  const auto size = [&](const std::string& codec) {
    return ReadLayout(work.path("out-" + codec)).manifest(0)["layers"][0]["size"].get<int>();
  };
  EXPECT_LT(size("gzip:9"), size("none"));
  EXPECT_LT(size("zstd:19"), size("none"));
}

TEST(MergeCompression, OthersAreRefused) {
  const Workspace work;
  for (const std::string codec : {"", "lzma", "gzip:0", "gzip:10", "zstd:20", "none:1", "gzip:x"}) {
    MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
    options.compression = codec;
    EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument) << codec;
  }
}

TEST(MergeCompression, LayersThatArriveWithADigestAreKept) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({});
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  options.compression = "zstd";
  const MergeResult result = merge(options);
  EXPECT_EQ(result.images[0].descriptor->digest.string(), sha256(manifest));
  EXPECT_FALSE(result.images[0].replaced);
}

TEST(MergeCompression, RecompressMakesThemAnew) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.image({.layers = {"one", "two", "one"}});
  builder.top(manifest, oci_manifest_type);
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  options.compression = "zstd";
  options.recompress = true;
  RecordingProgress progress;
  const MergeResult result = merge(options, progress);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_EQ(result.images[0].replaced->string(), sha256(manifest));
  EXPECT_EQ(out.layer(0, 1), "two");
  EXPECT_EQ(out.manifest(0)["layers"][0]["mediaType"], oci_layer + "+zstd");
  EXPECT_EQ(out.manifest(0)["layers"][0], out.manifest(0)["layers"][2]);
  EXPECT_THAT(progress.notes(), testing::ElementsAre(HasSubstr(" -> ")));
}

// Seen: layers of a Docker manifest got OCI media types, and the other way round.
TEST(MergeCompression, RecompressedLayersStayInTheirManifestsFormat) {
  for (const bool docker : {false, true}) {
    for (const ImageFormat format : {ImageFormat::oci, ImageFormat::docker}) {
      const Workspace work;
      LayoutBuilder builder;
      const std::string manifest = builder.image({.docker_types = docker});
      builder.top_descriptor(LayoutBuilder::image_descriptor(manifest, {}, "", docker));
      MergeOptions options = work.options({work.archive("in.tar", builder)});
      options.recompress = true;
      options.format = format;
      merge(options);
      const ReadLayout out(options.output);
      out.check();
      EXPECT_EQ(out.manifest(0)["layers"][0]["mediaType"],
                docker ? docker_layer + ".gzip" : oci_layer + "+gzip");
      EXPECT_EQ(out.manifest(0)["mediaType"], Document::parse(manifest)["mediaType"]);
      options.compression = "none";
      options.output = work.path("none");
      merge(options);
      EXPECT_EQ(ReadLayout(options.output).manifest(0)["layers"][0]["mediaType"],
                docker ? docker_layer : oci_layer);
      options.compression = "zstd";
      options.output = work.path("zstd");
      if (docker || format == ImageFormat::docker) {
        EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("zstd"));
      }
    }
  }
}

TEST(MergeFormat, DockersMediaTypes) {
  const Workspace work;
  LayoutBuilder oci;
  oci.simple({"linux", "s390x"});
  MergeOptions options =
      work.options({work.rootfs("app-linux-amd64.tar"),
                    work.file("saved.tar", docker_archive({.platform = {"linux", "arm64"}})),
                    work.archive("oci.tar", oci)});
  options.format = ImageFormat::docker;
  options.tags = {"main"};
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  const std::string prefix = "application/vnd.docker.";
  EXPECT_EQ(out.index()["mediaType"], prefix + "distribution.manifest.list.v2+json");
  EXPECT_EQ(out.index_json()["manifests"][0]["mediaType"],
            prefix + "distribution.manifest.list.v2+json");
  EXPECT_FALSE(out.index().contains("annotations"));
  for (const std::size_t image : {0U, 1U}) {
    EXPECT_EQ(out.index()["manifests"][image]["mediaType"],
              prefix + "distribution.manifest.v2+json");
    EXPECT_EQ(out.manifest(image)["config"]["mediaType"], prefix + "container.image.v1+json");
    EXPECT_EQ(out.manifest(image)["layers"][0]["mediaType"], docker_layer + ".gzip");
  }
  // What came with a manifest keeps it.
  EXPECT_EQ(out.index()["manifests"][2]["mediaType"], oci_manifest_type);
}

TEST(MergeFormat, DockersHasNoZstd) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.format = ImageFormat::docker;
  options.compression = "zstd";
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace ocimux::test
