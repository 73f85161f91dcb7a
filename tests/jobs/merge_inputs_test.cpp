#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string layer_of_amd64 = "layer of amd64";

TEST(MergeInputs, TakesEveryKindAtOnce) {
  const Workspace work;
  LayoutBuilder arm;
  arm.simple({"linux", "arm64"});
  LayoutBuilder s390x;
  s390x.simple({"linux", "s390x"}, "main");
  MergeOptions options =
      work.options({work.rootfs("app-linux-amd64.tar"), work.archive("arm.tar", arm),
                    work.file("saved.tar", docker_archive({.platform = {"linux", "ppc64le"}})),
                    work.layout("layout", s390x), work.rootfs("app-windows-1809-amd64.tar")});
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.platforms(), ElementsAre("linux/amd64", "linux/arm64", "linux/ppc64le",
                                           "linux/s390x", "windows/amd64:10.0.17763"));
}

TEST(MergeInputs, LayerOfARootfsIsTheTarItself) {
  const Workspace work;
  const std::string tar = work.rootfs("app-linux-amd64.tar");
  MergeOptions options = work.options({tar});
  merge(options);
  const ReadLayout out(options.output);
  EXPECT_EQ(out.layer(0, 0), read_file(tar));
  EXPECT_EQ(out.config(0)["rootfs"]["diff_ids"][0], sha256(read_file(tar)));
  EXPECT_EQ(out.config(0)["architecture"], "amd64");
  EXPECT_EQ(out.config(0)["config"]["WorkingDir"], "/");
}

TEST(MergeInputs, KeepsManifestConfigAndLayersByteForByte) {
  for (const bool docker : {false, true}) {
    for (const bool gzip : {false, true}) {
      const Workspace work;
      LayoutBuilder builder;
      // Blanks and unknown members that no rewriting would keep.
      const std::string manifest = builder.image({.layers = {layer_of_amd64},
                                                  .gzip_layers = gzip,
                                                  .docker_types = docker,
                                                  .manifest_members = R"(  ,  "x":  1)",
                                                  .config_members = R"( , "y" : [ ] )"});
      builder.top_descriptor(LayoutBuilder::image_descriptor(manifest, {}, "", docker));
      MergeOptions options = work.options({work.archive("in.tar", builder)});
      merge(options);
      const ReadLayout out(options.output);
      out.check();
      const auto files = tree(options.output);
      for (const auto& [digest, bytes] : builder.blobs) {
        EXPECT_EQ(files.at("blobs/sha256/" + digest.substr(7)), bytes);
      }
      EXPECT_EQ(out.index()["manifests"][0]["digest"], sha256(manifest));
    }
  }
}

TEST(MergeInputs, KeepsUnknownMembersOfDescriptorsAndTheirPlatforms) {
  const Workspace work;
  LayoutBuilder builder;
  const auto listed = [&](const std::string& seed) {
    const std::string image = builder.image({.layers = {seed}});
    return descriptor(
        oci_manifest_type, image,
        R"(,"platform":{"architecture":"amd64","os":"linux","features":["sse4"]},"x":1)");
  };
  builder.top(builder.index({listed("in the index")}), oci_index_type, "main");
  const std::string single = listed("in index.json");
  builder.top_descriptor(single);
  MergeOptions options = work.options({work.layout("in", builder) + ":main"});
  options.tags = {"new"};
  options.output = work.layout("out", builder);
  merge(options);
  const Document index_json = ReadLayout(options.output).index_json()["manifests"];
  EXPECT_EQ(index_json[1].dump(), single);
  const Document image = ReadLayout(options.output).document(index_json[2])["manifests"][0];
  EXPECT_EQ(image["platform"]["features"], Document({"sse4"}));
  EXPECT_EQ(image["x"], 1);
}

TEST(MergeInputs, FlattensIndexesOfIndexesAndUnwrapsSingles) {
  const Workspace work;
  LayoutBuilder nested;
  const std::string one = nested.image({.platform = {"linux", "amd64"}});
  const std::string two = nested.image({.platform = {"linux", "arm", "v6"}});
  const std::string inner =
      nested.index({LayoutBuilder::image_descriptor(two, {"linux", "arm", "v6"})});
  const std::string outer =
      nested.index({LayoutBuilder::image_descriptor(one, {}), descriptor(oci_index_type, inner)});
  nested.top(outer, oci_index_type, "main");
  LayoutBuilder wrapped;
  const std::string single = wrapped.image({.platform = {"linux", "riscv64"}});
  wrapped.top(wrapped.index({LayoutBuilder::image_descriptor(single, {"linux", "riscv64"})}),
              oci_index_type);
  MergeOptions options =
      work.options({work.archive("nested.tar", nested), work.archive("wrapped.tar", wrapped)});
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.platforms(), ElementsAre("linux/amd64", "linux/arm/v6", "linux/riscv64"));
  const Document index = out.index();
  for (const Document& descriptor : index["manifests"]) {
    EXPECT_EQ(descriptor["mediaType"], oci_manifest_type);
  }
}

TEST(MergeInputs, PicksTagsAndDigestsOfAnInput) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "old", "1");
  const std::string wanted = builder.simple({"linux", "amd64"}, "new", "2");
  const std::string path = work.archive("in.tar", builder);
  for (const std::string& reference :
       {path + ":new", path + "@" + sha256(wanted), "oci-archive:" + path + ":new"}) {
    MergeOptions options = work.options({reference});
    options.output = work.path("out-" + std::to_string(reference.size()));
    merge(options);
    EXPECT_EQ(ReadLayout(options.output).index()["manifests"][0]["digest"], sha256(wanted));
  }
  EXPECT_EQ(merge_refusal(work, work.options({path})).code(), Errc::conflict);
  const Error missing = merge_refusal(work, work.options({path + ":other"}));
  EXPECT_EQ(missing.code(), Errc::not_found);
  EXPECT_THAT(missing.hint(), HasSubstr("old, new"));
}

TEST(MergeInputs, StoresSharedLayersOnce) {
  const Workspace work;
  LayoutBuilder amd64;
  amd64.top(amd64.image({.layers = {"shared", "own of amd64"}}), oci_manifest_type);
  LayoutBuilder arm64;
  arm64.top(arm64.image({.platform = {"linux", "arm64"}, .layers = {"shared", "own of arm64"}}),
            oci_manifest_type);
  MergeOptions options = work.options(
      {work.archive("a.tar", amd64), work.archive("b.tar", arm64),
       work.file("c.tar",
                 docker_archive({.platform = {"linux", "s390x"}, .layers = {"x", "y", "x"}})),
       work.file("d.tar",
                 docker_archive({.platform = {"linux", "riscv64"}, .layers = {"y", "x"}}))});
  options.tags = {"one", "two/three:four"};
  const MergeResult result = merge(options);
  // Per OCI image: manifest, config, own layer; one shared; per saved one: two documents, and two
  // layers between them; and the index.
  EXPECT_EQ(result.blobs_written, 2 * 3 + 1 + 2 * 2 + 2 + 1);
  ReadLayout(options.output).check();
}

TEST(MergeInputs, TakesWhatIsCompressedOutside) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({"linux", "arm64"});
  const std::string rootfs = TarBuilder().file("app", "x").bytes();
  std::optional<std::string> digest;
  for (const std::string program : {"cat", "gzip", "zstd", "xz", "bzip2"}) {
    // Told by content: the names lie.
    MergeOptions options =
        work.options({work.file(program + "-linux-amd64.tar", filtered_by(program, rootfs)),
                      work.file(program + ".zip", filtered_by(program, builder.archive_bytes()))});
    options.output = work.path("out-" + program);
    const MergeResult result = merge(options);
    ReadLayout(options.output).check();
    if (!digest) digest = result.index->digest.string();
    EXPECT_EQ(result.index->digest.string(), digest) << program;
    EXPECT_EQ(result.images.back().descriptor->digest.string(), sha256(manifest));
  }
}

TEST(MergeInputs, SavedLayersBecomeLayersOfTheirDiffIds) {
  for (const bool links : {false, true}) {
    const Workspace work;
    const std::string layer = TarBuilder().file("a", "b").bytes();
    MergeOptions options =
        work.options({work.file("saved.tar", docker_archive({.layers = {layer, "other", layer},
                                                             .link_repeated_layers = links}))});
    merge(options);
    const ReadLayout out(options.output);
    out.check();
    EXPECT_EQ(out.layer(0, 0), layer);
    EXPECT_EQ(out.layer(0, 2), layer);
    EXPECT_EQ(out.manifest(0)["layers"][0], out.manifest(0)["layers"][2]);
  }
}

TEST(MergeInputs, SplitsBuildKitsMultiPlatformTar) {
  const Workspace work;
  const std::string tar = TarBuilder()
                              .directory("linux_amd64")
                              .file("linux_amd64/app", "x")
                              .symlink("linux_amd64/link", "/linux_amd64/app")
                              .hard_link("linux_amd64/hard", "linux_amd64/app")
                              .directory("linux_arm_v7")
                              .file("linux_arm_v7/app", "y")
                              .bytes();
  MergeOptions options = work.options({work.file("both.tar", tar)});
  merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.platforms(), ElementsAre("linux/amd64", "linux/arm/v7"));
  EXPECT_THAT(names_in_tar(out.layer(0, 0)), ElementsAre("app", "link", "hard"));
  EXPECT_EQ(files_in_tar(out.layer(1, 0)).at("app"), "y");
}

TEST(MergeInputs, ReadsTheTestdataOfRealTools) {
  const std::string data = OCIMUX_TESTDATA;
  for (const std::string name :
       {"/buildkit-0.26/oci-attested.tar", "/buildkit-0.33/oci-attested.tar",
        "/buildkit-0.33/docker-linux-arm64.tar", "/buildkit-0.33/oci-zstd-linux-amd64.tar",
        "/buildkit-0.33/tar-multi-platform.tar", "/buildkit-0.33/tar-multi-platform-attested.tar",
        "/buildkit-0.33/tar-attested-linux-arm64.tar", "/docker-20.10/export-linux-amd64.tar",
        "/docker-20.10/save-linux-arm64.tar", "/docker-20.10/save-two-platforms.tar",
        "/docker-28/save-two-platforms.tar", "/docker-28-containerd/save-two-platforms.tar"}) {
    const Workspace work;
    MergeOptions options = work.options({data + name});
    merge(options);
    ReadLayout(options.output).check();
  }
}

}  // namespace
}  // namespace ocimux::test
