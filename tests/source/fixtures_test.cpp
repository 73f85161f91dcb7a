#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"

// Archives as BuildKit and Docker really write them: testdata/README.md says how they were made.

namespace ocimux {
namespace {

using test::contents_of;
using test::layer_of;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::string fixture(const std::string& name) { return OCIMUX_TESTDATA "/" + name; }

TEST(Fixtures, BuildKitsOciWithAttestations) {
  for (const char* name : {"buildkit-0.26/oci-attested.tar", "buildkit-0.33/oci-attested.tar"}) {
    const Input input = test::read(fixture(name));
    EXPECT_EQ(input.kind, InputKind::oci_archive);
    EXPECT_THAT(contents_of(input),
                UnorderedElementsAre("linux/amd64", "linux/arm64", "windows/amd64:10.0.20348.2582",
                                     "windows/amd64:10.0.26100.1742", "attestation", "attestation",
                                     "attestation", "attestation"))
        << name;
    for (const Image& image : input.images) {
      const auto* attestation = std::get_if<Attestation>(&image.content);
      EXPECT_TRUE(attestation == nullptr || attestation->subject.has_value()) << name;
    }
  }
}

TEST(Fixtures, BuildKitsOciOfOnePlatform) {
  const Input input = test::read(fixture("buildkit-0.33/oci-zstd-linux-amd64.tar"));
  EXPECT_THAT(contents_of(input), ElementsAre("linux/amd64"));
  EXPECT_EQ(input.images[0].name_platform.value().string(), "linux/amd64");
  const auto& stored = std::get<StoredImage>(input.images[0].content);
  EXPECT_THAT(stored.manifest.layers.at(0).media_type, HasSubstr("tar+zstd"));
}

TEST(Fixtures, BuildKitsDocker) {
  const Input input = test::read(fixture("buildkit-0.33/docker-linux-arm64.tar"));
  EXPECT_EQ(input.kind, InputKind::oci_archive);
  EXPECT_THAT(contents_of(input), ElementsAre("linux/arm64")) << "one image of two tags";
  EXPECT_EQ(input.store.value().index.manifests.size(), 2U);
  EXPECT_THAT(
      contents_of(test::read("docker-archive:" + fixture("buildkit-0.33/docker-linux-arm64.tar"))),
      ElementsAre("saved linux/arm64"));
}

TEST(Fixtures, BuildKitsTarOfSeveralPlatforms) {
  const Input input = test::read(fixture("buildkit-0.33/tar-multi-platform.tar"));
  EXPECT_EQ(input.kind, InputKind::rootfs);
  EXPECT_THAT(contents_of(input),
              ElementsAre("rootfs linux_amd64", "rootfs linux_arm64", "rootfs linux_arm_v7",
                          "rootfs windows(10.0.20348.2582)_amd64"));
  for (const Image& image : input.images) {
    const std::string layer = layer_of(image);
    const auto& rootfs = std::get<RootfsImage>(image.content);
    EXPECT_THAT(test::names_in_tar(layer), AllOf(Not(IsEmpty()), Not(Contains(""))));
    EXPECT_THAT(layer, Not(HasSubstr(rootfs.directory))) << "no name and no link into its folder";
  }
}

TEST(Fixtures, BuildKitsTarOfSeveralPlatformsWithAttestations) {
  test::RecordingProgress progress;
  const Input input =
      test::read(fixture("buildkit-0.33/tar-multi-platform-attested.tar"), progress);
  ASSERT_EQ(input.images.size(), 2U);
  for (const Image& image : input.images) {
    EXPECT_THAT(test::names_in_tar(layer_of(image)), Not(Contains("provenance.json")));
  }
  EXPECT_EQ(progress.notes().size(), 2U);
}

TEST(Fixtures, BuildKitsTarWithAnAttestation) {
  test::RecordingProgress progress;
  const Input input = test::read(fixture("buildkit-0.33/tar-attested-linux-arm64.tar"), progress);
  EXPECT_THAT(contents_of(input), ElementsAre("rootfs"));
  EXPECT_THAT(test::names_in_tar(layer_of(input.images[0])),
              AllOf(Not(IsEmpty()), Not(Contains("provenance.json"))));
  EXPECT_THAT(progress.notes(), ElementsAre(HasSubstr("'provenance.json' is an attestation")));
}

TEST(Fixtures, DockersSaveBefore25) {
  const Input one = test::read(fixture("docker-20.10/save-linux-arm64.tar"));
  EXPECT_EQ(one.kind, InputKind::docker_archive);
  EXPECT_THAT(contents_of(one), ElementsAre("saved linux/arm64"));
  EXPECT_THAT(contents_of(test::read(fixture("docker-20.10/save-two-platforms.tar"))),
              UnorderedElementsAre("saved linux/amd64", "saved linux/arm64"));
}

TEST(Fixtures, DockersSaveBefore25WithLayersAsLinks) {
  for (const char* name :
       {"docker-20.10/save-shared-layer.tar", "docker-20.10/save-shared-layer-two-platforms.tar"}) {
    const Input input = test::read(fixture(name));
    ASSERT_EQ(input.images.size(), 2U) << name;
    for (const Image& image : input.images) {
      const auto& saved = std::get<SavedImage>(image.content);
      for (std::size_t i = 0; i < saved.layers.size(); ++i) {
        EXPECT_EQ(Digest::of(read_document(saved.layers[i], 1 << 20)), saved.config.diff_ids[i]);
      }
    }
  }
}

TEST(Fixtures, DockersSaveFrom25On) {
  const Input one = test::read(fixture("docker-28/save-linux-arm64.tar"));
  EXPECT_EQ(one.kind, InputKind::oci_archive);
  EXPECT_THAT(contents_of(one), ElementsAre("linux/arm64"));
  EXPECT_THAT(contents_of(test::read(fixture("docker-28/save-two-platforms.tar"))),
              UnorderedElementsAre("linux/amd64", "linux/arm64"));
  EXPECT_EQ(test::read(fixture("docker-28/save-shared-layer.tar")).images.size(), 2U);
}

TEST(Fixtures, DockersSaveOfTheContainerdStore) {
  const Input one = test::read(fixture("docker-28-containerd/save-linux-arm64.tar"));
  EXPECT_EQ(one.kind, InputKind::oci_archive);
  EXPECT_THAT(contents_of(one), ElementsAre("linux/arm64"));
  const auto& stored = std::get<StoredImage>(one.images[0].content);
  EXPECT_THAT(stored.manifest.media_type, StartsWith("application/vnd.docker."));
  EXPECT_THAT(contents_of(test::read(fixture("docker-28-containerd/save-two-platforms.tar"))),
              UnorderedElementsAre("linux/amd64", "linux/arm64"));
}

TEST(Fixtures, DockersExportIsItsOwnLayer) {
  const std::string path = fixture("docker-20.10/export-linux-amd64.tar");
  const Input input = test::read(path);
  EXPECT_THAT(contents_of(input), ElementsAre("rootfs"));
  EXPECT_EQ(layer_of(input.images[0]), test::read_file(path));
}

}  // namespace
}  // namespace ocimux
