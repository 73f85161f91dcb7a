#include "support/executables.hpp"
#include "support/merging.hpp"

#include <ocimux/jobs/verify.hpp>

#include <gmock/gmock.h>

// Merge and verify compare what is said of a platform with the binaries.

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A root filesystem tar with one of testdata's true programs as bin/app.
std::string tar_of(const Workspace& work, const std::string& name, const std::string& program) {
  return work.rootfs(name, read_file(fs::path(OCIMUX_TESTDATA) / "binaries" / program));
}

std::string layer_of(const std::string& path, const std::string& content) {
  return TarBuilder().file(path, content).bytes();
}

std::string one_image(LayoutBuilder& builder, const std::string& layer,
                      const std::string& architecture, const std::string& config = "") {
  LayoutBuilder::ImageOptions options;
  options.platform = {"linux", architecture};
  options.layers = {layer};
  options.config_members = config;
  const std::string manifest = builder.image(options);
  builder.top(manifest, oci_manifest_type, "main");
  return manifest;
}

/// What verify says of one input.
struct Verified {
  std::vector<VerifiedImage> images;
  std::vector<std::string> findings;
};

Verified verified(const std::string& path, const std::optional<Platform>& said = {}) {
  const Verification verification = verify({{{path, said}}});
  EXPECT_THAT(verification.inputs, SizeIs(1));
  Verified verified{verification.inputs.front().images, {}};
  for (const Finding& finding : verification.inputs.front().findings) {
    verified.findings.push_back(describe(finding));
  }
  return verified;
}

TEST(MergeTruth, TrueProgramsOfEveryPlatformFillInWhatNobodySays) {
  const Workspace work;
  MergeOptions options = work.options({});
  for (const auto* program :
       {"linux-386", "linux-amd64", "linux-arm-v5", "linux-arm-v6", "linux-arm-v7", "linux-arm64",
        "linux-ppc64le", "linux-riscv64", "linux-s390x", "windows-amd64.exe"}) {
    options.inputs.push_back({tar_of(work, std::string(program) + "x.tar", program)});
  }
  merge(options);
  EXPECT_THAT(
      ReadLayout(options.output).platforms(),
      ElementsAre("linux/386", "linux/amd64", "linux/arm/v5", "linux/arm/v6", "linux/arm/v7",
                  "linux/arm64", "linux/ppc64le", "linux/riscv64", "linux/s390x", "windows/amd64"));
}

TEST(MergeTruth, AProgramForAnotherPlatformIsRefusedAndNamed) {
  const Workspace work;
  MergeOptions options = work.options({tar_of(work, "velero-main-linux-arm64.tar", "linux-amd64")});
  const Error error = merge_refusal(work, options);
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("velero-main-linux-arm64.tar: bin/app: expected"));
  EXPECT_THAT(error.what(), HasSubstr("linux/arm64, as its file name says"));
  EXPECT_THAT(error.what(), HasSubstr("ELF program for linux/amd64"));
  EXPECT_THAT(error.hint(), HasSubstr("--allow-mismatch"));

  options.allow_mismatch = true;
  RecordingProgress progress;
  merge(options, progress);
  EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr("bin/app")));
}

TEST(MergeTruth, WhatTheCallerSaysIsComparedToo) {
  const Workspace work;
  MergeOptions options = work.options({});
  options.inputs = {{tar_of(work, "a.tar", "linux-s390x"), Platform::parse("linux/ppc64le")}};
  EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("as the command line says"));
}

TEST(MergeTruth, ArmOfALaterVersionThanSaidIsRefused) {
  const Workspace work;
  MergeOptions options = work.options({tar_of(work, "a-linux-arm-v6.tar", "linux-arm-v7")});
  EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("linux/arm/v7"));
  options = work.options({tar_of(work, "b-linux-arm-v7.tar", "linux-arm-v6")});
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/arm/v7"));
}

TEST(MergeTruth, PartsOfOtherPlatformsAreNotMixedIn) {
  const Workspace work;
  MergeOptions options = work.options({});
  options.allow_mismatch = true;
  options.inputs = {
      {tar_of(work, "a-linux-arm-v6.tar", "linux-arm-v7"), Platform::parse("linux/arm64")}};
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/arm64"));
}

TEST(MergeTruth, LevelsOfAmd64AreAWarning) {
  const Workspace work;
  MergeOptions options = work.options({tar_of(work, "a-linux-amd64.tar", "linux-amd64-v3")});
  options.changes = {{Selector(), R"(CMD ["/bin/app"])"}};
  RecordingProgress progress;
  merge(options, progress);
  EXPECT_THAT(progress.warnings(), ElementsAre(HasSubstr("amd64/v3")));
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/amd64"));
}

TEST(MergeTruth, TheInstructionsGivenSayWhatIsStarted) {
  const Workspace work;
  const std::string tar = TarBuilder()
                              .file("bin/sh", elf_program("arm64"))
                              .file("opt/app", elf_program("amd64"))
                              .write(work.path("a-linux-arm64.tar"));
  MergeOptions options = work.options({tar});
  options.changes = {{Selector(), R"(ENTRYPOINT ["/opt/app"])"}};
  EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("opt/app"));
  options.changes.clear();
  merge(options);
}

TEST(MergeTruth, LayersOfImagesAreLookedInto) {
  for (const std::string form : {"plain", "gzip", "zstd"}) {
    const Workspace work;
    LayoutBuilder builder;
    std::string layer = layer_of("bin/app", elf_program("amd64"));
    if (form == "zstd") layer = compressed_by("zstd", layer);
    LayoutBuilder::ImageOptions image;
    image.platform = {"linux", "arm64"};
    image.layers = {layer};
    image.gzip_layers = form == "gzip";
    builder.top(builder.image(image), oci_manifest_type, "main");
    const Error error = merge_refusal(work, work.options({work.archive("a.tar", builder)}));
    EXPECT_EQ(error.code(), Errc::conflict) << form;
    EXPECT_THAT(error.what(), HasSubstr("bin/app")) << form;
  }
}

TEST(MergeTruth, SavedImagesAreLookedInto) {
  const Workspace work;
  DockerArchiveOptions saved;
  saved.platform = {"linux", "s390x"};
  saved.layers = {layer_of("bin/app", elf_program("s390x")),
                  layer_of("bin/app", elf_program("amd64"))};
  const std::string path = work.file("saved.tar", docker_archive(saved));
  EXPECT_THAT(merge_refusal(work, work.options({path})).what(), HasSubstr("bin/app"));
}

TEST(Verify, SaysThatAllIsRight) {
  const Workspace work;
  const Verified all = verified(tar_of(work, "a-linux-arm64.tar", "linux-arm64"));
  EXPECT_THAT(all.findings, IsEmpty());
  ASSERT_THAT(all.images, SizeIs(1));
  EXPECT_EQ(all.images[0].platform, Platform::parse("linux/arm64"));
  EXPECT_EQ(all.images[0].binaries, 1U);
}

TEST(Verify, ReportsEveryFinding) {
  const Workspace work;
  const std::string path = tar_of(work, "a-linux-arm64.tar", "linux-amd64");
  EXPECT_THAT(verified(path, Platform::parse("linux/s390x")).findings,
              ElementsAre(HasSubstr("linux/arm64 (its file name)"), HasSubstr("bin/app")));
}

// What merge passes over for the sake of time: bytes that are far behind the front of a layer.
TEST(Verify, ReadsCompressedLayersToTheirEnd) {
  const Workspace work;
  LayoutBuilder builder;
  one_image(builder,
            TarBuilder()
                .file("a/data", random_bytes(2 << 20, 1))
                .file("bin/app", elf_program("amd64"))
                .bytes(),
            "arm64");
  const std::string path = work.archive("a.tar", builder);
  EXPECT_THAT(verified(path).findings, ElementsAre(HasSubstr("bin/app")));
  merge(work.options({path}));
}

TEST(Verify, ADamagedLayerIsAFinding) {
  const Workspace work;
  LayoutBuilder builder;
  one_image(builder, layer_of("bin/app", elf_program("amd64")), "amd64");
  for (auto& [digest, bytes] : builder.blobs) {
    if (bytes.starts_with("\x1f\x8b")) bytes[bytes.size() / 2] ^= 1;
  }
  EXPECT_THAT(verified(work.archive("a.tar", builder)).findings, ElementsAre(HasSubstr("sha256:")));
}

TEST(Verify, AMissingLayerIsAFinding) {
  const Workspace work;
  LayoutBuilder builder;
  one_image(builder, layer_of("bin/app", elf_program("amd64")), "amd64");
  std::erase_if(builder.blobs,
                [](const auto& blob) { return blob.second.starts_with("\x1f\x8b"); });
  EXPECT_THAT(verified(work.layout("a", builder)).findings,
              ElementsAre(HasSubstr("expected the blob sha256:")));
}

TEST(Verify, AFalseDiffIdIsAFinding) {
  const Workspace work;
  LayoutBuilder builder;
  LayoutBuilder::ImageOptions image;
  image.layers = {layer_of("bin/app", elf_program("amd64"))};
  std::string one = builder.image(image);
  image.layers = {layer_of("bin/other", elf_program("amd64"))};
  const std::string other = builder.image(image);
  const std::size_t at = one.find("\"layers\"");
  ASSERT_NE(at, std::string::npos);
  one.replace(at, std::string::npos, other.substr(other.find("\"layers\"")));
  builder.blob(one);
  builder.top(one, oci_manifest_type, "main");
  EXPECT_THAT(verified(work.archive("a.tar", builder)).findings, Contains(HasSubstr("DiffID")));
}

// What is not asked for may be what it likes.
TEST(MergeTruth, LiesOfPlatformsThatAreLeftOutDoNotMatter) {
  const Workspace work;
  MergeOptions options = work.options({tar_of(work, "a-linux-amd64.tar", "linux-amd64"),
                                       tar_of(work, "b-linux-s390x.tar", "linux-ppc64le")});
  EXPECT_THAT(merge_refusal(work, options).what(), HasSubstr("b-linux-s390x.tar"));
  options.platforms = {Platform::parse("linux/amd64")};
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(), ElementsAre("linux/amd64"));
}

TEST(MergeTruth, FilesWithHolesAreLookedInto) {
  const Workspace work;
  fs::create_directories(work.root() / "bin");
  const std::string program = read_file(fs::path(OCIMUX_TESTDATA) / "binaries" / "linux-amd64");
  fs::resize_file(work.file("bin/app", program), 1 << 20);
  static_cast<void>(filtered_by(
      "tar -S -C '" + work.path("") + "' -cf '" + work.path("a-linux-arm64.tar") + "' bin", ""));
  EXPECT_THAT(verified(work.path("a-linux-arm64.tar")).findings, ElementsAre(HasSubstr("bin/app")));
}

}  // namespace
}  // namespace ocimux::test
