#include "source/docker_archive.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"

namespace ocimux {
namespace {

using test::contents_of;
using test::LayoutBuilder;
using test::refusal;
using test::sha256;
using test::TarBuilder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string text_of(const Body& body) { return read_document(body, 1 << 20); }
std::string hex(const std::string& bytes) { return sha256(bytes).substr(7); }

std::string config_of(const std::vector<std::string>& layers,
                      const std::string& architecture = "arm64") {
  std::string diff_ids;
  for (const std::string& layer : layers) {
    diff_ids += (diff_ids.empty() ? "\"" : ",\"") + sha256(layer) + "\"";
  }
  return R"({"architecture":")" + architecture +
         R"(","os":"linux","rootfs":{"type":"layers","diff_ids":[)" + diff_ids + "]}}";
}

class DockerArchive : public testing::Test {
 protected:
  Input read(const TarBuilder& tar, const std::string& behind = "") {
    return test::read(tar.write(directory_ / "a") + behind, progress_);
  }
  std::string refused(const TarBuilder& tar, const std::string& behind = "") {
    return refusal([&] { return read(tar, behind); });
  }

  test::TemporaryDirectory directory_;
  test::RecordingProgress progress_;
};

TEST_F(DockerArchive, HasAConfigAndItsLayers) {
  test::write_file(directory_ / "a", test::docker_archive({.layers = {"one", "two"}}));
  const Input input = test::read((directory_ / "a").string());
  ASSERT_EQ(input.images.size(), 1U);
  const auto& saved = std::get<SavedImage>(input.images[0].content);
  EXPECT_EQ(saved.config.platform, (Platform{"linux", "amd64"}));
  ASSERT_EQ(saved.layers.size(), 2U);
  EXPECT_EQ(text_of(saved.layers[0]), "one");
  EXPECT_EQ(text_of(saved.layers[1]), "two");
  EXPECT_EQ(text_of(saved.layers[1]), "two") << "and once more";
  EXPECT_EQ(ImageConfig::parse(saved.config_text).diff_ids[1].string(), sha256("two"));
}

// Before Docker 25 a layer that was saved already is a symbolic link.
TEST_F(DockerArchive, FollowsLinksToRepeatedLayers) {
  test::write_file(directory_ / "a", test::docker_archive({.layers = {"same", "other", "same"}}));
  const Input input = test::read((directory_ / "a").string());
  const auto& saved = std::get<SavedImage>(input.images[0].content);
  EXPECT_EQ(text_of(saved.layers[2]), "same");
}

TEST_F(DockerArchive, TakesHardLinksAsWell) {
  const std::string config = config_of({"x", "x"});
  const Input input =
      read(TarBuilder()
               .file("1/layer.tar", "x")
               .hard_link("2/layer.tar", "1/layer.tar")
               .file(hex(config) + ".json", config)
               .file("manifest.json", R"([{"Config":")" + hex(config) +
                                          R"(.json","Layers":["1/layer.tar","2/layer.tar"]}])"));
  EXPECT_EQ(text_of(std::get<SavedImage>(input.images[0].content).layers[1]), "x");
}

// Two images under three names, the first without any.
TarBuilder several() {
  const std::string arm = config_of({"a"}, "arm64");
  const std::string z = config_of({"a"}, "s390x");
  TarBuilder tar;
  tar.file("l.tar", "a").file("arm.json", arm).file("z.json", z);
  tar.file("manifest.json",
           R"([{"Config":"arm.json","RepoTags":null,"Layers":["l.tar"]},)"
           R"({"Config":"arm.json","RepoTags":["demo:1","localhost:5000/x/demo:2"],"Layers":)"
           R"(["l.tar"]},{"Config":"z.json","RepoTags":["demo:latest"],"Layers":["l.tar"]}])");
  return tar;
}

TEST_F(DockerArchive, HoldsEachImageOnce) {
  EXPECT_THAT(contents_of(read(several())), ElementsAre("saved linux/arm64", "saved linux/s390x"));
}

TEST_F(DockerArchive, IsSelectedFromByName) {
  for (const char* tag : {":demo:1", ":1", ":localhost:5000/x/demo:2", ":2", ":demo:2"}) {
    EXPECT_THAT(contents_of(read(several(), tag)), ElementsAre("saved linux/arm64")) << tag;
  }
  for (const char* tag : {":demo:latest", ":latest", ":demo"}) {
    EXPECT_THAT(contents_of(read(several(), tag)), ElementsAre("saved linux/s390x")) << tag;
  }
}

TEST_F(DockerArchive, ListsItsNamesWhereOneIsMissing) {
  const std::string path = (directory_ / "a").string();
  EXPECT_EQ(refused(several(), ":emo:1"),
            "not_found: " + path + ": expected the tag 'emo:1' in " + path +
                ", found none [its tags are: demo:1 localhost:5000/x/demo:2 demo:latest]");
}

TEST_F(DockerArchive, HasNoDigestsToSelectBy) {
  EXPECT_THAT(refused(several(), "@" + sha256("x")),
              AllOf(StartsWith("not_found: "), HasSubstr("found a docker save archive")));
}

TEST_F(DockerArchive, RefusesAConfigThatIsNotWhatItsNameSays) {
  const std::string config = config_of({"x"});
  for (const std::string& name : {hex("other") + ".json", "blobs/sha256/" + hex("other")}) {
    EXPECT_THAT(
        refused(TarBuilder()
                    .file("l.tar", "x")
                    .file(name, config)
                    .file("manifest.json", R"([{"Config":")" + name + R"(","Layers":["l.tar"]}])")),
        AllOf(StartsWith("corrupt: "), HasSubstr(name +
                                                 ": expected content with the digest "
                                                 "that its name says, found " +
                                                 sha256(config))));
  }
}

TEST_F(DockerArchive, RefusesAnotherCountOfLayersThanDiffIds) {
  EXPECT_THAT(refused(TarBuilder()
                          .file("l.tar", "x")
                          .file("c.json", config_of({"x", "y"}))
                          .file("manifest.json", R"([{"Config":"c.json","Layers":["l.tar"]}])")),
              HasSubstr("expected as many layers as the config has DiffIDs (2), found 1"));
}

TEST_F(DockerArchive, RefusesWhatItsManifestNamesAndItLacks) {
  const std::string manifest = R"([{"Config":"c.json","Layers":["l.tar"]}])";
  EXPECT_THAT(refused(TarBuilder().file("l.tar", "x").file("manifest.json", manifest)),
              AllOf(StartsWith("not_found: "), HasSubstr("'c.json'")));
  EXPECT_THAT(
      refused(TarBuilder().file("c.json", config_of({"x"})).file("manifest.json", manifest)),
      AllOf(StartsWith("not_found: "), HasSubstr("'l.tar'")));
}

TEST_F(DockerArchive, RefusesNamesThatLeaveIt) {
  for (const char* name : {"../c.json", "/etc/passwd", "a/../../c.json"}) {
    EXPECT_THAT(refused(TarBuilder()
                            .file("l.tar", "x")
                            .file("manifest.json", R"([{"Config":")" + std::string(name) +
                                                       R"(","Layers":["l.tar"]}])")),
                AllOf(StartsWith("corrupt: "), HasSubstr("expected names inside the archive")))
        << name;
  }
}

TEST_F(DockerArchive, RefusesLinksInACircle) {
  EXPECT_THAT(refused(TarBuilder()
                          .symlink("a.tar", "b.tar")
                          .symlink("b.tar", "a.tar")
                          .file("c.json", config_of({"x"}))
                          .file("manifest.json", R"([{"Config":"c.json","Layers":["a.tar"]}])")),
              AllOf(StartsWith("corrupt: "), HasSubstr("circle of links")));
}

TEST_F(DockerArchive, RefusesLayersWithHoles) {
  EXPECT_THAT(refused(TarBuilder()
                          .add({.path = "l.tar", .content = "x", .sparse = true})
                          .file("c.json", config_of({"x"}))
                          .file("manifest.json", R"([{"Config":"c.json","Layers":["l.tar"]}])")),
              AllOf(StartsWith("corrupt: "), HasSubstr("sparse member")));
}

TEST_F(DockerArchive, RefusesAnyFlippedByteOfItsConfig) {
  const std::string config = config_of({"x"});
  for (std::size_t at = 0; at < config.size(); ++at) {
    std::string damaged = config;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_THAT(refused(TarBuilder()
                            .file("l.tar", "x")
                            .file(hex(config) + ".json", damaged)
                            .file("manifest.json", R"([{"Config":")" + hex(config) +
                                                       R"(.json","Layers":["l.tar"]}])")),
                StartsWith("corrupt: "))
        << at;
  }
}

// docker save from 25 on: a layout with a manifest.json beside it.
class BothForms : public DockerArchive {
 protected:
  BothForms() {
    manifest_ = layout_.image({.platform = {"linux", "arm64"}, .gzip_layers = false});
    layout_.top(manifest_, test::oci_manifest_type, "1", "docker.io/library/demo:1");
  }

  TarBuilder tar() const {
    const Manifest parsed = Manifest::parse(manifest_, "");
    TarBuilder tar;
    for (const auto& [digest, bytes] : layout_.blobs) {
      tar.file("blobs/sha256/" + digest.substr(7), bytes);
    }
    tar.file("index.json", layout_.index_document());
    tar.file("manifest.json", R"([{"Config":"blobs/sha256/)" +
                                  std::string(parsed.config.digest.encoded()) +
                                  R"(","RepoTags":["demo:1"],"Layers":["blobs/sha256/)" +
                                  sha256("layer").substr(7) + R"("]}])");
    return tar.file("oci-layout", layout_.layout_file);
  }

  LayoutBuilder layout_;
  std::string manifest_;
};

TEST_F(BothForms, AreReadAsTheLayoutWhichKeepsTheDigests) {
  const Input input = read(tar());
  EXPECT_EQ(input.kind, InputKind::oci_archive);
  EXPECT_THAT(contents_of(input), ElementsAre("linux/arm64"));
  EXPECT_TRUE(progress_.notes().empty());
}

TEST_F(BothForms, AreReadAsDockersWhenThatIsSaid) {
  const Input input = test::read("docker-archive:" + tar().write(directory_ / "a") + ":demo:1");
  EXPECT_EQ(input.kind, InputKind::docker_archive);
  EXPECT_THAT(contents_of(input), ElementsAre("saved linux/arm64"));
}

// Docker 25.0.0 left the layers out of the manifests (moby#47065).
TEST_F(BothForms, AreReadAsDockersWhereTheLayoutIsNotUsable) {
  Manifest without = Manifest::parse(manifest_, "");
  without.layers.clear();
  layout_.blob(without.document());
  layout_.index_entries.clear();
  layout_.top(without.document(), test::oci_manifest_type, "1");
  const Input input = read(tar());
  EXPECT_EQ(input.kind, InputKind::docker_archive);
  EXPECT_THAT(contents_of(input), ElementsAre("saved linux/arm64"));
  EXPECT_THAT(progress_.notes(),
              ElementsAre(HasSubstr("reading it as a docker save archive, because its OCI part is "
                                    "not usable (")));
}

TEST(IsDockerManifest, IsForTheFormOfDockerSaveOnly) {
  EXPECT_TRUE(is_docker_manifest(R"([{"Config":"c","RepoTags":null,"Layers":[]}])"));
  for (const char* text : {"", "[]", "{}", "[1]", "[[]]", R"([{"Config":"c"}])",
                           R"([{"Layers":[]}])", R"({"Config":"c","Layers":[]})", "[{"}) {
    EXPECT_FALSE(is_docker_manifest(text)) << text;
  }
}

}  // namespace
}  // namespace ocimux
