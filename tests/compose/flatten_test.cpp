#include "trees.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux {
namespace {

using test::error_of;
using test::flattened;
using test::members_over;
using test::names_of;
using test::rootfs_of;
using test::TarBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> paths_of(const FileTree& tree) {
  std::vector<std::string> paths;
  for (const auto& place : tree.places()) paths.emplace_back(FileTree::spelled(place));
  return paths;
}

TEST(Flatten, WhiteoutsAndOpaqueMarkersAreAboutTheLayersBelow) {
  const std::string below =
      TarBuilder().directory("d").file("d/old", "1").file("d/kept", "2").file("f", "3").bytes();
  // Behind what they must not hide.
  const std::string above = TarBuilder()
                                .file("d/new", "4")
                                .file("f", "5")
                                .file(".wh.f", "")
                                .file("d/.wh.old", "")
                                .bytes();
  EXPECT_THAT(paths_of(flattened({below, above})), ElementsAre("d", "d/kept", "d/new", "f"));
  const std::string opaque = TarBuilder().file("d/new", "4").file("d/.wh..wh..opq", "").bytes();
  EXPECT_THAT(paths_of(flattened({below, opaque})), ElementsAre("d", "d/new", "f"));
  const std::string gone = TarBuilder().file(".wh.d", "").file(".wh.never-there", "").bytes();
  EXPECT_THAT(paths_of(flattened({below, gone})), ElementsAre("f"));
}

// As engines do when they unpack: bin leads to usr/bin, and layers of some builders write to bin.
TEST(Flatten, ALayerWritesThroughTheLinksBelowIt) {
  const std::string below = TarBuilder()
                                .file("usr/bin/old", "1")
                                .file("usr/bin/kept", "2")
                                .symlink("bin", "usr/bin")
                                .symlink("up", "../../usr")
                                .bytes();
  const std::string above = TarBuilder()
                                .file("bin/new", "3")
                                .file("bin/.wh.old", "")
                                .hard_link("bin/again", "bin/kept")
                                .file("up/share/x", "4")
                                .bytes();
  const FileTree tree = flattened({below, above});
  EXPECT_THAT(paths_of(tree),
              ElementsAre("bin", "up", "usr", "usr/bin", "usr/bin/again", "usr/bin/kept",
                          "usr/bin/new", "usr/share", "usr/share/x"));
  EXPECT_EQ(tree.find("bin")->kind, Node::Kind::symlink);
  // A directory that a layer says itself takes the link's place.
  const std::string replaced = TarBuilder().directory("bin").file("bin/own", "5").bytes();
  EXPECT_THAT(paths_of(flattened({below, replaced})),
              ElementsAre("bin", "bin/own", "up", "usr", "usr/bin", "usr/bin/kept", "usr/bin/old"));
  const std::string circle = TarBuilder().symlink("c", "c").bytes();
  const std::string into = TarBuilder().file("c/x", "6").bytes();
  EXPECT_EQ(error_of([&] { flattened({circle, into}); }).code(), Errc::corrupt);
}

TEST(Flatten, RefusesWhiteoutsOfNothing) {
  for (const char* name : {".wh.", "a/.wh.", ".wh..", "a/.wh...", ".wh.x/y"}) {
    const std::string layer = TarBuilder().file(name, "").bytes();
    EXPECT_EQ(error_of([&] { flattened({layer}); }).code(), Errc::corrupt) << name;
  }
  EXPECT_NO_THROW(flattened({TarBuilder().file(".wh..wh.plnk", "").bytes()})) << "AUFS' own";
}

TEST(Flatten, ADirectoryOverADirectoryKeepsWhatIsInItAndNothingElseDoes) {
  const std::string below = TarBuilder().directory("d").file("d/f", "1").bytes();
  TarBuilder changed;
  changed.add({.path = "d", .type = '5', .mode = 0700});
  const FileTree tree = flattened({below, changed.bytes()});
  EXPECT_THAT(paths_of(tree), ElementsAre("d", "d/f"));
  EXPECT_EQ(tree.find("d")->mode, 0700);
  const std::string file = TarBuilder().file("d", "now a file").bytes();
  EXPECT_THAT(paths_of(flattened({below, file})), ElementsAre("d"));
  const std::string again = TarBuilder().file("d/g", "a directory again").bytes();
  EXPECT_THAT(paths_of(flattened({below, file, again})), ElementsAre("d", "d/g"));
}

TEST(Flatten, OfTwoEntriesTheLastCounts) {
  const FileTree tree =
      flattened({TarBuilder().file("f", "1").file("f", "22").file("g", "x").bytes()});
  EXPECT_EQ(tree.find("f")->size, 2);
}

TEST(Flatten, HardLinksShareAFileAcrossLayers) {
  const std::string below = TarBuilder().file("f", "one").bytes();
  // The target goes in the very layer that links to it.
  const std::string above = TarBuilder().hard_link("g", "f").file(".wh.f", "").bytes();
  const FileTree tree = flattened({below, above});
  EXPECT_THAT(paths_of(tree), ElementsAre("g"));
  EXPECT_EQ(tree.find("g")->size, 3);
  EXPECT_EQ(tree.find("g")->links, 1U);
  const FileTree both = flattened({below, TarBuilder().hard_link("g", "f").bytes()});
  EXPECT_EQ(both.place("f")->second.node, both.place("g")->second.node);
}

TEST(Flatten, RefusesHardLinksToWhatIsNoFile) {
  for (const char* target : {"missing", "d"}) {
    const std::string layer = TarBuilder().directory("d").hard_link("l", target).bytes();
    const Error error = error_of([&] { flattened({layer}); });
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_THAT(error.what(), HasSubstr(target));
  }
}

TEST(Flatten, OfWindowsOnlyFilesCount) {
  TarBuilder layer;
  layer.directory("Hives").file("Hives/x", "h").file("UtilityVM/Files/y", "v").directory("Files");
  layer.file("Files/Windows/a.DLL", "a").hard_link("Files/b", "Files/Windows/a.DLL");
  layer.symlink("Files/s", "Files/Windows");
  const std::string above = TarBuilder().file("Files/WINDOWS/.wh.A.dll", "").bytes();
  const FileTree tree = flattened({layer.bytes(), above}, LayerForm::windows);
  EXPECT_THAT(paths_of(tree), ElementsAre("b", "s", "Windows"));
  EXPECT_EQ(tree.find("s")->link_target(), "Windows");
}

TEST(Flatten, AWindowsFileTakesItsStreamsWithIt) {
  const std::string below =
      TarBuilder().file("Files/f", "1").file("Files/f:s", "2").file("Files/g", "3").bytes();
  const auto over = [&](const TarBuilder& layer) {
    return paths_of(flattened({below, layer.bytes()}, LayerForm::windows));
  };
  EXPECT_THAT(over(TarBuilder().file("Files/F", "4")), ElementsAre("f", "g"));
  EXPECT_THAT(over(TarBuilder().file("Files/f", "4").file("Files/f:t", "5")),
              ElementsAre("f", "f:t", "g"));
  EXPECT_THAT(over(TarBuilder().file("Files/.wh.f", "")), ElementsAre("g"));
  EXPECT_THAT(over(TarBuilder().file("Files/g:s", "6")), ElementsAre("f", "f:s", "g", "g:s"));
}

TEST(Flatten, RefusesPathsThatNoSystemHas) {
  std::string path = "a";
  while (path.size() <= 4096) path += "/a";
  const std::string layer = TarBuilder().file(path, "").bytes();
  EXPECT_EQ(error_of([&] { flattened({layer}); }).code(), Errc::unsupported);
}

TEST(Difference, OfDirectoriesAndOthersNeedsNoWhiteoutBesideWhatReplacesThem) {
  const FileTree base =
      flattened({TarBuilder().directory("d").file("d/x", "1").file("f", "2").bytes()});
  const RootfsImage image =
      rootfs_of(TarBuilder().symlink("d", "f").directory("f").file("f/y", "3").bytes());
  EXPECT_THAT(names_of(members_over(base, image)), ElementsAre("d -> f", "f/", "f/y"));
}

TEST(Difference, TimesAndModesOfSymlinksDoNotCount) {
  TarBuilder now;
  now.add({.path = "f", .content = "same", .mtime = 5});
  now.add({.path = "s", .type = '2', .link = "f", .mode = 0644, .mtime = 6});
  const FileTree base = flattened({TarBuilder().file("f", "same").symlink("s", "f").bytes()});
  EXPECT_THAT(members_over(base, rootfs_of(now.bytes())), IsEmpty());
}

TEST(Difference, WritesAllPathsOfAFileWhereOneIsNew) {
  const FileTree base = flattened({TarBuilder().file("a", "1").file("z", "2").bytes()});
  const RootfsImage image =
      rootfs_of(TarBuilder().file("a", "1").file("z", "2").hard_link("d/b", "a").bytes());
  EXPECT_THAT(names_of(members_over(base, image)), ElementsAre("a", "d/", "d/b == a"));
}

TEST(Difference, ComparesTheRootOnlyWhereTheTarHasIt) {
  TarBuilder now;
  now.add({.path = "./", .type = '5', .mode = 0700}).file("f", "1");
  const FileTree base = flattened({TarBuilder().file("f", "1").bytes()});
  EXPECT_THAT(names_of(members_over(base, rootfs_of(now.bytes()))), ElementsAre("/"));
  const FileTree same = flattened({now.bytes()});
  EXPECT_THAT(members_over(same, rootfs_of(TarBuilder().file("f", "1").bytes())), IsEmpty());
}

TEST(RootfsTree, RefusesHardLinksToWhatDoesNotComeBefore) {
  const RootfsImage image = rootfs_of(TarBuilder().hard_link("b", "a").file("a", "1").bytes());
  EXPECT_EQ(error_of([&] { test::tree_of(image); }).code(), Errc::corrupt);
}

}  // namespace
}  // namespace ocimux
