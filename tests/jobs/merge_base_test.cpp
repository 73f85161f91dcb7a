// Root filesystems over a base: --base.

#include "support/merging.hpp"
#include "support/streams.hpp"

#include <ocimux/spec/media_types.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string base_layer_1() {
  return TarBuilder().directory("etc").file("etc/os", "base").file("old", "x").bytes();
}
std::string base_layer_2() { return TarBuilder().file("lib", std::string(5000, 'l')).bytes(); }

/// The tree of both layers, and what @p change does to it.
std::string tree(const std::function<void(TarBuilder&)>& change = [](TarBuilder&) {}) {
  TarBuilder builder;
  builder.directory("etc").file("etc/os", "base").file("lib", std::string(5000, 'l'));
  change(builder);
  return builder.bytes();
}

const std::string base_config =
    R"(,"author":"me","x.y":7,)"
    R"("history":[{"created_by":"one"},{"created_by":"e","empty_layer":true},{"created_by":"two"}])";

class MergeBase : public testing::Test {
 protected:
  /// A base for each platform.
  LayoutBuilder builder(const std::vector<LayoutBuilder::Platform>& platforms, bool gzip = true) {
    LayoutBuilder out;
    std::vector<std::string> descriptors;
    for (const auto& platform : platforms) {
      LayoutBuilder::ImageOptions image{platform, {base_layer_1(), base_layer_2()}, gzip};
      image.config_members = config_;
      const std::string manifest = out.image(image);
      manifests_.push_back(manifest);
      descriptors.push_back(LayoutBuilder::image_descriptor(manifest, platform));
    }
    out.top(out.index(descriptors), oci_index_type, "1", name_);
    return out;
  }

  MergeOptions options(const std::string& tar, const std::string& base,
                       const std::string& name = "app-linux-amd64.tar") {
    MergeOptions out = work_.options({work_.file(name, tar)});
    out.bases = {{Selector(), base}};
    return out;
  }

  Workspace work_;
  std::string config_ = base_config;
  std::string name_;
  std::vector<std::string> manifests_;
};

TEST_F(MergeBase, KeepsTheLayersOfTheBaseAndAddsTheDifference) {
  const auto builder_ = builder({{"linux", "amd64"}, {"linux", "arm64"}});
  const MergeOptions wanted = options(tree([](TarBuilder& to) { to.file("app", "program"); }),
                                      work_.archive("base.tar", builder_));
  const MergeResult result = merge(wanted);
  const ReadLayout out(wanted.output);
  out.check();
  const Document base = Document::parse(manifests_[0]);
  const Document manifest = out.manifest(0);
  ASSERT_EQ(manifest["layers"].size(), 3U);
  EXPECT_EQ(manifest["layers"][0], base["layers"][0]);
  EXPECT_EQ(manifest["layers"][1], base["layers"][1]);
  EXPECT_THAT(names_in_tar(out.layer(0, 2)), ElementsAre(".wh.old", "app"))
      << "the base has 'old', the tar has not";
  ASSERT_TRUE(result.images[0].base);
  EXPECT_EQ(result.images[0].base->layers, 2U);
  EXPECT_EQ(result.images[0].base->entries, 2U);
  EXPECT_EQ(result.images[0].base->digest->string(), sha256(manifests_[0]));
}

TEST_F(MergeBase, AddsNoLayerWhereNothingDiffers) {
  const auto same = [](TarBuilder& to) { to.file("old", "x"); };
  const MergeOptions wanted =
      options(tree(same), work_.layout("base", builder({{"linux", "amd64"}})) + ":1");
  merge(wanted);
  const ReadLayout out(wanted.output);
  out.check();
  EXPECT_EQ(out.manifest(0)["layers"].size(), 2U);
  EXPECT_EQ(out.config(0)["rootfs"]["diff_ids"].size(), 2U);
  EXPECT_EQ(out.config(0)["history"].size(), 3U);
}

TEST_F(MergeBase, TheConfigBeginsWithThatOfTheBase) {
  MergeOptions wanted = options(tree(), work_.archive("base.tar", builder({{"linux", "amd64"}})));
  wanted.configs = {{Selector(), work_.file("c.json", R"({"config":{"User":"file"},"z":1})")}};
  wanted.changes = {{Selector(), "CMD [\"/app\"]"}};
  merge(wanted);
  const Document config = ReadLayout(wanted.output).config(0);
  EXPECT_EQ(config["config"]["Env"], Document({"A=b"}));
  EXPECT_EQ(config["config"]["User"], "file");
  EXPECT_EQ(config["config"]["Cmd"], Document({"/app"}));
  EXPECT_EQ(config["author"], "me");
  EXPECT_EQ(config["x.y"], 7);
  EXPECT_EQ(config["z"], 1);
  ASSERT_EQ(config["history"].size(), 5U);
  EXPECT_EQ(config["history"][0]["created_by"], "one");
  EXPECT_THAT(config["history"][3]["comment"].get<std::string>(), HasSubstr("difference"));
  EXPECT_EQ(config["history"][4]["empty_layer"], true);
  EXPECT_EQ(config["created"], "2023-11-14T22:13:20Z") << "the newest entry of the tar";
}

TEST_F(MergeBase, HistoryHasAnEntryForEveryLayerEvenIfThatOfTheBaseHasNot) {
  config_.clear();
  const MergeOptions wanted =
      options(tree(), work_.archive("base.tar", builder({{"linux", "amd64"}})));
  merge(wanted);
  EXPECT_EQ(ReadLayout(wanted.output).config(0)["history"].size(), 3U);
}

TEST_F(MergeBase, TakesTheImageOfThePlatform) {
  const std::string base = work_.archive(
      "base.tar", builder({{"linux", "amd64"}, {"linux", "arm", "v6"}, {"linux", "arm", "v7"}}));
  MergeOptions wanted = options(tree(), base, "app-linux-arm.tar");
  EXPECT_EQ(merge(wanted).images[0].base->digest->string(), sha256(manifests_[2])) << "v7";
  wanted.inputs[0].platform = Platform::parse("linux/arm/v6");
  wanted.dry_run = true;
  EXPECT_EQ(merge(wanted).images[0].base->digest->string(), sha256(manifests_[1]));
  wanted.dry_run = false;
  wanted.output = work_.path("other");
  wanted.inputs[0].platform = Platform::parse("linux/s390x");
  const Error none = merge_refusal(work_, wanted);
  EXPECT_EQ(none.code(), Errc::not_found);
  EXPECT_THAT(none.what(),
              HasSubstr("for linux/s390x, found linux/amd64, linux/arm/v6, linux/arm/v7"));
}

TEST_F(MergeBase, TellsThePlatformWhereNothingElseDoes) {
  const auto base = work_.archive("base.tar", builder({{"linux", "riscv64"}}));
  merge(options(tree(), base, "app.tar"));
  EXPECT_THAT(ReadLayout(work_.path("out")).platforms(), ElementsAre("linux/riscv64"));
}

TEST_F(MergeBase, NamesTheBaseInAnnotations) {
  name_ = "docker.io/library/debian:12";
  MergeOptions wanted = options(tree(), work_.archive("base.tar", builder({{"linux", "amd64"}})));
  merge(wanted);
  const Document annotations = ReadLayout(wanted.output).manifest(0)["annotations"];
  EXPECT_EQ(annotations["org.opencontainers.image.base.digest"], sha256(manifests_[0]));
  EXPECT_EQ(annotations["org.opencontainers.image.base.name"], name_);
  wanted.format = ImageFormat::docker;
  wanted.output = work_.path("docker");
  merge(wanted);
  EXPECT_FALSE(ReadLayout(wanted.output).manifest(0).contains("annotations"));
}

TEST_F(MergeBase, MapsMediaTypesToTheFormat) {
  MergeOptions wanted = options(tree(), work_.archive("base.tar", builder({{"linux", "amd64"}})));
  wanted.format = ImageFormat::docker;
  merge(wanted);
  const Document manifest = ReadLayout(wanted.output).manifest(0);
  for (const auto& layer : manifest["layers"]) {
    EXPECT_EQ(layer["mediaType"], std::string(media_type::docker_layer_gzip));
  }
  EXPECT_EQ(manifest["layers"][0]["digest"], Document::parse(manifests_[0])["layers"][0]["digest"]);
}

TEST_F(MergeBase, TakesTheImagesOfDockerSave) {
  const std::string base =
      work_.file("base.tar", docker_archive({.layers = {base_layer_1(), base_layer_2()}}));
  const MergeOptions wanted = options(tree(), base);
  merge(wanted);
  const ReadLayout out(wanted.output);
  out.check();
  EXPECT_EQ(out.manifest(0)["layers"].size(), 3U);
  EXPECT_THAT(names_in_tar(out.layer(0, 2)), ElementsAre(".wh.old"));
}

TEST_F(MergeBase, IsStoredOnceForSeveralImages) {
  const std::string base = work_.archive("base.tar", builder({{"linux", "amd64"}}));
  MergeOptions wanted = options(tree([](TarBuilder& to) { to.file("app", "one"); }), base);
  merge(wanted);
  wanted.inputs[0].reference =
      work_.file("b-linux-amd64.tar", tree([](TarBuilder& to) { to.file("app", "two"); }));
  const MergeResult second = merge(wanted);
  EXPECT_EQ(second.blobs_written, 4) << "one layer, the config, the manifest and the index";
}

TEST_F(MergeBase, RefusesADamagedBaseBeforeAnythingIsWritten) {
  auto damaged = builder({{"linux", "amd64"}});
  const std::string layer = Document::parse(manifests_[0])["layers"][1]["digest"];
  for (const bool missing : {false, true}) {
    auto changed = damaged;
    missing ? static_cast<void>(changed.blobs.erase(layer))
            : static_cast<void>(changed.blobs[layer].back() ^= 1);
    const Error error =
        merge_refusal(work_, options(tree(), work_.archive("damaged.tar", changed)));
    EXPECT_EQ(error.code(), missing ? Errc::not_found : Errc::corrupt);
    EXPECT_THAT(error.what(), HasSubstr("layer 2"));
  }
}

TEST_F(MergeBase, RefusesABaseWhoseDiffIdsAreOthers) {
  auto wrong = builder({{"linux", "amd64"}});
  // The same image with another config: its DiffIDs in the wrong order.
  Document manifest = Document::parse(manifests_[0]);
  Document config = Document::parse(wrong.blobs[manifest["config"]["digest"]]);
  std::swap(config["rootfs"]["diff_ids"][0], config["rootfs"]["diff_ids"][1]);
  const std::string text = config.dump();
  manifest["config"]["digest"] = wrong.blob(text);
  manifest["config"]["size"] = text.size();
  LayoutBuilder other = wrong;
  other.index_entries.clear();
  other.top(manifest.dump(), oci_manifest_type, "1");
  other.blob(manifest.dump());
  const Error error = merge_refusal(work_, options(tree(), work_.archive("base.tar", other)));
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("DiffID"));
}

TEST_F(MergeBase, IsForRootFilesystemsOnly) {
  const std::string base = work_.archive("base.tar", builder({{"linux", "amd64"}}));
  MergeOptions wanted = work_.options({base});
  wanted.bases = {{Selector(), base}};
  EXPECT_THAT(merge_refusal(work_, wanted).what(), HasSubstr("--base: expected a root filesystem"));
  MergeOptions of_tar = options(tree(), work_.file("rootfs-linux-amd64.tar", tree()));
  EXPECT_THAT(merge_refusal(work_, of_tar).what(), HasSubstr("expected an image with layers"));
}

TEST_F(MergeBase, SameBytesFromAnyNumberOfThreads) {
  const std::string base = work_.archive("base.tar", builder({{"linux", "amd64"}}));
  const auto change = [](TarBuilder& to) {
    for (int i = 0; i < 50; ++i) to.file("file" + std::to_string(i), random_bytes(3000, 1));
  };
  std::vector<Digest> digests;
  for (const std::size_t jobs : {1U, 2U, 8U}) {
    MergeOptions wanted = options(tree(change), base);
    wanted.jobs = jobs;
    wanted.output = work_.path("out" + std::to_string(jobs));
    digests.push_back(merge(wanted).index->digest);
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(digests[0], digests[2]);
}

TEST_F(MergeBase, TakesOnePlatformsDirectoryOfATar) {
  TarBuilder split;
  split.directory("linux_amd64").directory("linux_amd64/etc").file("linux_amd64/etc/os", "base");
  split.file("linux_amd64/lib", std::string(5000, 'l')).symlink("linux_amd64/s", "/linux_amd64/a");
  const MergeOptions wanted =
      options(split.bytes(), work_.archive("base.tar", builder({{"linux", "amd64"}})), "app.tar");
  merge(wanted);
  EXPECT_THAT(names_in_tar(ReadLayout(wanted.output).layer(0, 2)), ElementsAre(".wh.old", "s"));
}

TEST_F(MergeBase, ClampsTimesAndExpandsSparseFiles) {
  MergeOptions wanted = options(
      tree([](TarBuilder& to) { to.add({.path = "sparse", .content = "end", .sparse = true}); }),
      work_.archive("base.tar", builder({{"linux", "amd64"}})));
  wanted.source_date_epoch = 1000;
  merge(wanted);
  const ReadLayout out(wanted.output);
  const std::string layer = out.layer(0, 2);
  const std::string content = files_in_tar(layer).at("sparse");
  EXPECT_EQ(content.size(), (std::size_t{1} << 20U) + 3);
  EXPECT_TRUE(content.ends_with("end"));
  EXPECT_EQ(out.config(0)["created"], "1970-01-01T00:16:40Z");
}

TEST_F(MergeBase, RefusesNamesThatALayerReadsAsDeletions) {
  const MergeOptions wanted = options(tree([](TarBuilder& to) { to.file("etc/.wh.os", ""); }),
                                      work_.archive("base.tar", builder({{"linux", "amd64"}})));
  EXPECT_EQ(merge_refusal(work_, wanted).code(), Errc::unsupported);
}

}  // namespace
}  // namespace ocimux::test
