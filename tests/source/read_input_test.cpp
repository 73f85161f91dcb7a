#include "source/read_images.hpp"

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
using test::read;
using test::refusal;
using test::TarBuilder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ReadInput : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& bytes) {
    test::write_file(directory_ / name, bytes);
    return (directory_ / name).string();
  }

  // What reading @p bytes under a name that says nothing is refused with, path taken away.
  std::string refused(const std::string& bytes, const std::string& kind = "") {
    const std::string path = file("input", bytes);
    std::string text = refusal([&] { return read(kind + path); });
    if (const std::size_t at = text.find(path); at != std::string::npos) {
      text.replace(at, path.size(), "INPUT");
    }
    return text;
  }

  test::TemporaryDirectory directory_;
};

std::string oci_archive() {
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"}, "main");
  return layout.archive_bytes();
}

std::string rootfs() { return TarBuilder().directory("bin").file("bin/app", "x").bytes(); }

TEST_F(ReadInput, TellsTheKindByContent) {
  LayoutBuilder layout;
  layout.simple({"linux", "s390x"});
  layout.write_directory(directory_ / "layout.tar");
  const Input directory = read((directory_ / "layout.tar").string());
  EXPECT_EQ(directory.kind, InputKind::layout);
  EXPECT_EQ(directory.size, 0);
  EXPECT_THAT(contents_of(directory), ElementsAre("linux/s390x"));

  const Input archive = read(file("rootfs.docker", oci_archive()));
  EXPECT_EQ(archive.kind, InputKind::oci_archive);
  EXPECT_TRUE(archive.store.has_value());
  EXPECT_THAT(contents_of(archive), ElementsAre("linux/arm64"));

  const Input docker = read(file("layout.oci", test::docker_archive({})));
  EXPECT_EQ(docker.kind, InputKind::docker_archive);
  EXPECT_FALSE(docker.store.has_value());
  EXPECT_THAT(contents_of(docker), ElementsAre("saved linux/amd64"));

  const Input root = read(file("docker-save.tar", rootfs()));
  EXPECT_EQ(root.kind, InputKind::rootfs);
  EXPECT_EQ(root.size, static_cast<std::int64_t>(rootfs().size()));
  EXPECT_THAT(contents_of(root), ElementsAre("rootfs"));
}

TEST_F(ReadInput, ReadsEveryKindInsideEveryCodec) {
  for (const char* codec : {"gzip", "zstd", "xz", "bzip2"}) {
    EXPECT_EQ(read(file("a", test::compressed_by(codec, oci_archive()))).kind,
              InputKind::oci_archive);
    EXPECT_EQ(read(file("b", test::compressed_by(codec, test::docker_archive({})))).kind,
              InputKind::docker_archive);
    const Input root = read(file("c", test::compressed_by(codec, rootfs())));
    EXPECT_EQ(root.kind, InputKind::rootfs);
    EXPECT_EQ(root.size, static_cast<std::int64_t>(rootfs().size())) << "as unpacked";
    EXPECT_EQ(test::layer_of(root.images[0]), rootfs());
  }
}

TEST_F(ReadInput, ReadsArchivesWithDotSlashNames) {
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"});
  TarBuilder tar;
  tar.directory("./").file("./index.json", layout.index_document());
  for (const auto& [digest, bytes] : layout.blobs) {
    tar.file("./blobs/sha256/" + digest.substr(7), bytes);
  }
  tar.file("./oci-layout", layout.layout_file);
  EXPECT_THAT(contents_of(read(tar.write(directory_ / "a"))), ElementsAre("linux/arm64"));
}

TEST_F(ReadInput, TakesARootFilesystemWithAnyManifestJsonForOne) {
  for (const char* text : {"", "{}", "[]", "[1]", "not json", R"([{"Config":"x"}])",
                           R"([{"Config":"x","Layers":[]},{"name":"app"}])", R"({"Layers":[]})",
                           R"({"manifest_version":3,"name":"an extension for a browser"})"}) {
    const Input input =
        read(TarBuilder().directory("etc").file("manifest.json", text).write(directory_ / "a.tar"));
    EXPECT_EQ(input.kind, InputKind::rootfs) << text;
  }
  const Input input = read(TarBuilder()
                               .file("app/manifest.json", R"([{"Config":"c","Layers":[]}])")
                               .write(directory_ / "b.tar"));
  EXPECT_EQ(input.kind, InputKind::rootfs);
  const Input page = read(TarBuilder().file("index.json", "{}").write(directory_ / "c.tar"));
  EXPECT_EQ(page.kind, InputKind::rootfs);
}

TEST_F(ReadInput, TakesAManifestJsonThatIsALinkForPartOfARoot) {
  const Input input = read(TarBuilder()
                               .file("m", R"([{"Config":"c","Layers":[]}])")
                               .symlink("manifest.json", "m")
                               .write(directory_ / "a.tar"));
  EXPECT_EQ(input.kind, InputKind::rootfs);
}

TEST_F(ReadInput, RefusesADamagedDockerArchiveInsteadOfTakingItForARoot) {
  const std::string hex(64, 'a');
  for (const std::string& text :
       {std::string("[{]"), std::string("[]"), std::string(R"([{"Config":"x","Config":"y"}])"),
        std::string(R"([{"Config":")" + hex + R"(.json"}])"), std::string(5 << 20, ' ')}) {
    EXPECT_NE(refused(TarBuilder().file(hex + ".json", "{}").file("manifest.json", text).bytes()),
              "")
        << text.substr(0, 50);
  }
  EXPECT_THAT(refused(TarBuilder().file(hex + "/layer.tar", "x").bytes()),
              AllOf(StartsWith("not_found: INPUT: "), HasSubstr("manifest.json")));
}

TEST_F(ReadInput, RefusesALayoutWithoutItsIndex) {
  EXPECT_THAT(refused(TarBuilder()
                          .file("oci-layout", R"({"imageLayoutVersion":"1.0.0"})")
                          .directory("blobs")
                          .bytes()),
              AllOf(StartsWith("not_found: INPUT: "), HasSubstr("index.json")));
}

TEST_F(ReadInput, RefusesWhatIsNoneOfTheKinds) {
  const auto expect = [&](const std::string& bytes, const std::string& found) {
    EXPECT_EQ(refused(bytes),
              "unsupported: INPUT: expected a root filesystem tar, an OCI archive or layout, or a "
              "docker save archive, found " +
                  found + " [tars may be plain or inside gzip, zstd, xz or bzip2]");
  };
  expect("", "an empty file");
  expect("hello", "something else");
  expect(std::string(4096, 'x'), "something else");
  expect(std::string(10240, '\0'), "something else");
  expect(test::random_bytes(100'000, 7), "something else");
  expect(test::compressed_by("gzip", "hello"), "something else");
  expect(test::compressed_by("zstd", ""), "an empty file");
}

TEST_F(ReadInput, RefusesADirectoryThatIsNoLayout) {
  const std::string path = directory_.path().string();
  EXPECT_EQ(refusal([&] { return read(path); }),
            "unsupported: " + path +
                ": expected a layout, found a directory without a file oci-layout [a root "
                "filesystem in a directory goes in as a tar: tar -C DIR -cf NAME.tar .]");
}

TEST_F(ReadInput, RefusesAnotherKindThanWasSaid) {
  EXPECT_EQ(refused(rootfs(), "oci-archive:"),
            "corrupt: INPUT: expected an OCI archive, found another kind of input");
  EXPECT_EQ(refused(test::docker_archive({}), "oci-archive:"),
            "corrupt: INPUT: expected an OCI archive, found another kind of input");
  EXPECT_EQ(refused(oci_archive(), "docker-archive:"),
            "corrupt: INPUT: expected a docker save archive, found another kind of input");
  EXPECT_NE(refused(rootfs(), "oci:"), "");
  LayoutBuilder layout;
  layout.simple({});
  layout.write_directory(directory_ / "layout");
  const std::string path = (directory_ / "layout").string();
  EXPECT_EQ(refusal([&] { return read("oci:" + path); }), "");
  for (const char* kind : {"rootfs:", "oci-archive:", "docker-archive:"}) {
    EXPECT_THAT(refusal([&] { return read(kind + path); }),
                HasSubstr("found another kind of input"))
        << kind;
  }
}

TEST_F(ReadInput, ReadsAnArchiveAsARootFilesystemWhenThatIsSaid) {
  const Input input = read("rootfs:" + file("a", oci_archive()));
  EXPECT_EQ(input.kind, InputKind::rootfs);
  EXPECT_EQ(test::layer_of(input.images[0]), oci_archive());
}

TEST_F(ReadInput, RefusesATagOfARootFilesystem) {
  const std::string path = file("a.tar", rootfs());
  for (const std::string& behind : {std::string(":main"), "@sha256:" + std::string(64, 'a')}) {
    EXPECT_EQ(refusal([&] { return read(path + behind); }),
              "not_found: " + path + ": expected an archive with tags, found a root filesystem");
  }
}

TEST_F(ReadInput, TakesThePlatformFromTheNameOfAnArchiveOfOneImage) {
  const Input one = read(file("velero-main-windows-ltsc2022-amd64.tar", oci_archive()));
  EXPECT_EQ(one.images[0].name_platform.value().string(), "windows/amd64:10.0.20348");
  EXPECT_EQ(one.images[0].windows_name, "ltsc2022");
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"}, "a");
  layout.simple({"linux", "amd64"}, "b");
  const Input two = read(layout.write_archive(directory_ / "app-linux-amd64.tar"));
  for (const Image& image : two.images) EXPECT_FALSE(image.name_platform.has_value());
}

TEST_F(ReadInput, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  for (const std::string& bytes : {rootfs(), test::compressed_by("gzip", rootfs())}) {
    const std::string path = file("a.tar", bytes);
    EXPECT_THAT(refusal([&] {
                  return read_input(LocalReference::parse(path), silent_progress(),
                                    stop.get_token());
                }),
                StartsWith("cancelled: "));
  }
}

TEST(NameOfInputKind, IsForPeople) {
  EXPECT_EQ(name_of(InputKind::layout), "OCI layout");
  EXPECT_EQ(name_of(InputKind::oci_archive), "OCI archive");
  EXPECT_EQ(name_of(InputKind::docker_archive), "docker archive");
  EXPECT_EQ(name_of(InputKind::rootfs), "root filesystem");
}

}  // namespace
}  // namespace ocimux
