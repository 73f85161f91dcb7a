#include "source/rootfs.hpp"
#include "source/rootfs_members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

namespace ocimux {
namespace {

using test::contents_of;
using test::files_in_tar;
using test::layer_of;
using test::names_in_tar;
using test::refusal;
using test::TarBuilder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::StartsWith;

const std::string statement =
    "{\n  \"_type\": \"https://in-toto.io/Statement/v0.1\",\n  \"predicateType\": \"x\"\n}";

class Rootfs : public testing::Test {
 protected:
  Input read(const TarBuilder& tar, const std::string& name = "a") {
    return test::read(tar.write(directory_ / name), progress_);
  }

  test::TemporaryDirectory directory_;
  test::RecordingProgress progress_;
};

TEST_F(Rootfs, IsItsOwnLayerByteForByte) {
  for (const char* format : {"ustar", "gnutar", "pax"}) {
    const TarBuilder tar = TarBuilder(format)
                               .directory("./")
                               .directory("./bin")
                               .file("./bin/app", test::random_bytes(5000, 1))
                               .hard_link("./bin/link", "./bin/app")
                               .symlink("./bin/sh", "/bin/app")
                               .file(std::string(150, 'd') + "/" + std::string(90, 'f'), "long");
    const Input input = read(tar);
    EXPECT_THAT(contents_of(input), ElementsAre("rootfs"));
    const auto& rootfs = std::get<RootfsImage>(input.images[0].content);
    EXPECT_FALSE(rootfs.rewrite);
    EXPECT_EQ(rootfs.size, static_cast<std::int64_t>(tar.bytes().size()));
    EXPECT_EQ(layer_of(input.images[0]), tar.bytes()) << format;
  }
}

TEST_F(Rootfs, KeepsThePaddingAtItsEnd) {
  const std::string bytes = TarBuilder().file("a", "x").bytes() + std::string(10'240, '\0');
  test::write_file(directory_ / "a", bytes);
  EXPECT_EQ(layer_of(test::read((directory_ / "a").string()).images[0]), bytes);
}

TEST_F(Rootfs, CountsItsEntriesAndKnowsTheNewestTime) {
  const Input input = read(TarBuilder()
                               .add({.path = "a", .mtime = 100})
                               .add({.path = "b", .mtime = 300, .mtime_nanoseconds = 5})
                               .add({.path = "c", .mtime = 200}));
  const auto& rootfs = std::get<RootfsImage>(input.images[0].content);
  EXPECT_EQ(rootfs.entries, 3);
  EXPECT_EQ(rootfs.newest_mtime, 300);
}

TEST_F(Rootfs, HasThePlatformOfItsName) {
  const Input input = read(TarBuilder().file("a", "x"), "velero-main-windows-ltsc2022-amd64.tar");
  EXPECT_EQ(input.images[0].name_platform.value().string(), "windows/amd64:10.0.20348");
  EXPECT_EQ(input.images[0].windows_name, "ltsc2022");
  EXPECT_EQ(input.images[0].origin,
            (directory_ / "velero-main-windows-ltsc2022-amd64.tar").string());
  EXPECT_FALSE(read(TarBuilder().file("a", "x"), "a.tar").images[0].name_platform.has_value());
}

TEST_F(Rootfs, WithoutMembersIsRefused) {
  const Input input = read(TarBuilder().directory("./"));
  EXPECT_EQ(std::get<RootfsImage>(input.images[0].content).entries, 1) << "the root is a member";
}

TEST_F(Rootfs, LeavesAttestationsOut) {
  const Input input = read(TarBuilder()
                               .file("app", "x")
                               .file("provenance.json", statement)
                               .file("sbom.spdx.json", statement)
                               .file("package.json", R"({"name":"app"})")
                               .file("note.txt", statement)
                               .file("etc/provenance.json", statement));
  EXPECT_THAT(files_in_tar(layer_of(input.images[0])),
              ElementsAre(Pair("app", "x"), Pair("etc/provenance.json", statement),
                          Pair("note.txt", statement), Pair("package.json", R"({"name":"app"})")));
  EXPECT_THAT(progress_.notes(), ElementsAre(AllOf(HasSubstr("'provenance.json' is an attestation"),
                                                   HasSubstr(": left out")),
                                             HasSubstr("'sbom.spdx.json' is an attestation")));
}

TEST_F(Rootfs, ExpandsFilesWithHoles) {
  const Input input = read(TarBuilder().add({.path = "a", .content = "end", .sparse = true}));
  EXPECT_TRUE(std::get<RootfsImage>(input.images[0].content).rewrite);
  EXPECT_THAT(files_in_tar(layer_of(input.images[0])),
              ElementsAre(Pair("a", std::string(1 << 20, '\0') + "end")));
  EXPECT_THAT(layer_of(input.images[0]), testing::Not(HasSubstr("GNU.sparse")));
}

// As they are, Docker, podman and containerd refuse the layer, or make a file of a directory.
TEST_F(Rootfs, WritesMembersAnewOfTypesThatEnginesDoNotUnpack) {
  for (const auto& [type, name] :
       {std::pair('7', "x"), std::pair('Z', "x"), std::pair('0', "x/")}) {
    const std::string content = type == '0' ? "" : "hello";
    std::string tar = TarBuilder("ustar").file("a", "b").bytes();
    tar.resize(1024);
    std::string odd = TarBuilder("ustar").file("x", content).bytes();
    test::set_field(odd, 0, 0, name);
    test::set_field(odd, 0, 156, std::string(1, type));
    test::write_file(directory_ / "a", tar + odd);
    const Input input = test::read((directory_ / "a").string(), progress_);
    EXPECT_TRUE(std::get<RootfsImage>(input.images[0].content).rewrite) << type;
    const std::string layer = layer_of(input.images[0]);
    EXPECT_EQ(layer.at(1024 + 156), type == '0' ? '5' : '0') << type;
    EXPECT_THAT(names_in_tar(layer), ElementsAre("a", "x"));
  }
}

TEST_F(Rootfs, DropsOverlaysAttributesAndKeepsTheOthers) {
  const Input input =
      read(TarBuilder().add({.path = "a",
                             .content = "x",
                             .xattrs = {{"trusted.overlay.opaque", "y"},
                                        {"user.overlay.origin", "z"},
                                        {"security.capability", std::string("\1\0\0\2", 4)},
                                        {"user.mine", "kept"}}}));
  const std::string layer = layer_of(input.images[0]);
  EXPECT_THAT(layer, testing::Not(HasSubstr("overlay")));
  EXPECT_THAT(layer,
              AllOf(HasSubstr("SCHILY.xattr.user.mine=kept\n"),
                    HasSubstr("SCHILY.xattr.security.capability=" + std::string("\1\0\0\2", 4))));
}

TEST(OverlayXattr, IsOverlaysOwnOnly) {
  EXPECT_TRUE(is_overlay_xattr("trusted.overlay.opaque"));
  EXPECT_TRUE(is_overlay_xattr("user.overlay.redirect"));
  EXPECT_FALSE(is_overlay_xattr("trusted.overlayfs"));
  EXPECT_FALSE(is_overlay_xattr("user.mime_type"));
  EXPECT_FALSE(is_overlay_xattr("security.capability"));
}

TEST_F(Rootfs, OfSeveralPlatformsIsSplit) {
  const Input input = read(TarBuilder()
                               .directory("linux_amd64")
                               .file("linux_amd64/app", "one")
                               .directory("linux_arm_v7")
                               .file("linux_arm_v7/app", "two")
                               .directory("windows(10.0.20348.1)_amd64")
                               .file("windows(10.0.20348.1)_amd64/app.exe", "three"),
                           "velero-main-linux-s390x.tar");
  EXPECT_THAT(contents_of(input), ElementsAre("rootfs linux_amd64", "rootfs linux_arm_v7",
                                              "rootfs windows(10.0.20348.1)_amd64"));
  EXPECT_EQ(input.images[1].name_platform.value().string(), "linux/arm/v7");
  EXPECT_EQ(input.images[1].origin,
            (directory_ / "velero-main-linux-s390x.tar/linux_arm_v7").string());
  EXPECT_EQ(input.images[2].name_platform.value().os_version, "10.0.20348.1");
  EXPECT_THAT(files_in_tar(layer_of(input.images[0])), ElementsAre(Pair("app", "one")));
  EXPECT_THAT(files_in_tar(layer_of(input.images[1])), ElementsAre(Pair("app", "two")));
}

// What makes one root of it: a name that is no platform's, a platform that is no directory or has
// nothing in it.
TEST_F(Rootfs, IsNotSplitWhenAnythingElseStandsBesideThePlatforms) {
  const auto platforms = [] {
    return TarBuilder().directory("linux_amd64").file("linux_amd64/app", "x");
  };
  EXPECT_THAT(contents_of(read(platforms().file("README", ""))), ElementsAre("rootfs"));
  EXPECT_THAT(contents_of(read(platforms().directory("etc").file("etc/x", ""))),
              ElementsAre("rootfs"));
  EXPECT_THAT(contents_of(read(platforms().file("linux_arm64", "x"))), ElementsAre("rootfs"));
  EXPECT_THAT(contents_of(read(platforms().directory("linux_arm64"))), ElementsAre("rootfs"));
  EXPECT_THAT(contents_of(read(platforms())), ElementsAre("rootfs linux_amd64"));
}

TEST_F(Rootfs, ThatIsSplitLeavesAttestationsOutOfEachPlatform) {
  const Input input = read(TarBuilder()
                               .directory("linux_amd64")
                               .file("linux_amd64/app", "x")
                               .file("linux_amd64/provenance.json", statement)
                               .directory("linux_arm64")
                               .file("linux_arm64/app", "y"));
  EXPECT_THAT(names_in_tar(layer_of(input.images[0])), ElementsAre("app"));
  EXPECT_THAT(names_in_tar(layer_of(input.images[1])), ElementsAre("app"));
  EXPECT_THAT(progress_.notes(), ElementsAre(HasSubstr("'linux_amd64/provenance.json'")));
}

TEST_F(Rootfs, WithNamesThatLeaveItIsRefused) {
  for (const char* name : {"../evil", "/etc/passwd", "a/../../b", "..", "a/.."}) {
    EXPECT_THAT(refusal([&] { return read(TarBuilder().file("ok", "").file(name, "x")); }),
                AllOf(StartsWith("corrupt: "), HasSubstr("expected names inside the archive")))
        << name;
  }
  EXPECT_THAT(refusal([&] { return read(TarBuilder().hard_link("a", "../../etc/passwd")); }),
              StartsWith("corrupt: "));
  EXPECT_EQ(refusal([&] { return read(TarBuilder().symlink("a", "../../etc/passwd")); }), "")
      << "a symbolic link is a matter of the container";
}

}  // namespace
}  // namespace ocimux
