#include "compose/tree_lookup.hpp"

#include "trees.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux {
namespace {

using test::error_of;
using test::flattened;
using test::TarBuilder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

FileTree unix_tree() {
  return flattened({TarBuilder()
                        .file("usr/bin/app", "1")
                        .symlink("bin", "usr/bin")
                        .symlink("usr/bin/sh", "app")
                        .symlink("usr/bin/out", "../../../../../bin/sh")
                        .symlink("etc/abs", "/bin/app")
                        .symlink("etc/dir", "/usr/")
                        .symlink("etc/file-as-dir", "../usr/bin/app/")
                        .symlink("loop", "pool")
                        .symlink("pool", "loop")
                        .symlink("gone", "nowhere")
                        .bytes()});
}

TEST(TreeLookup, FollowsLinksInsideTheRootAsAProcessWould) {
  const FileTree tree = unix_tree();
  for (const char* path :
       {"usr/bin/app", "/usr/bin/app", "//usr/./bin//app", "/bin/app", "bin/sh", "/usr/bin/out",
        "/etc/abs", "/etc/dir/bin/app", "/../../bin/app", "/bin/../bin/app", "etc/../etc/abs"}) {
    EXPECT_EQ(look_up(tree, path), "usr/bin/app") << path;
  }
  // `..` is about where a link leads, not about where it stands.
  EXPECT_EQ(look_up(tree, "/bin/.."), "usr");
  for (const char* path : {"", "/", ".", "..", "/usr/.."})
    EXPECT_EQ(look_up(tree, path), "") << path;
  EXPECT_EQ(look_up(tree, "/bin/"), "usr/bin");
}

TEST(TreeLookup, KeepsTheLinkAtTheEndWhereItIsAskedFor) {
  const FileTree tree = unix_tree();
  const auto kept = [&](const char* path) { return look_up(tree, path, LinkAtEnd::kept); };
  for (const char* link : {"bin", "gone", "loop", "etc/abs"}) EXPECT_EQ(kept(link), link);
  EXPECT_EQ(kept("/bin/sh"), "usr/bin/sh") << "those before it are followed";
  EXPECT_EQ(kept("/etc/dir/bin/out"), "usr/bin/out");
  for (const char* path : {"/bin/", "bin/.", "bin//"}) EXPECT_EQ(kept(path), "usr/bin") << path;
  EXPECT_EQ(kept("usr/bin/app"), "usr/bin/app");
  EXPECT_EQ(kept("/"), "");
  for (const char* path : {"gone/", "gone/x", "nowhere"}) {
    EXPECT_EQ(error_of([&] { kept(path); }).code(), Errc::not_found) << path;
  }
}

TEST(TreeLookup, SaysWhereAPathEnds) {
  const FileTree tree = unix_tree();
  const Error nothing = error_of([&] { look_up(tree, "/bin/ap"); });
  EXPECT_EQ(nothing.code(), Errc::not_found);
  EXPECT_THAT(nothing.what(), HasSubstr("expected '/bin/ap', found no 'ap' in '/usr/bin'"));
  EXPECT_THAT(nothing.hint(), HasSubstr("'app'"));
  for (const char* path : {"/gone", "/usr/bin/app/x", "/usr/bin/app/", "/usr/bin/app/..",
                           "/etc/file-as-dir", "/x/y/z"}) {
    EXPECT_EQ(error_of([&] { look_up(tree, path); }).code(), Errc::not_found) << path;
  }
  EXPECT_EQ(error_of([&] { look_up(tree, "/loop"); }).code(), Errc::corrupt);
  EXPECT_EQ(error_of([&] { look_up(tree, "/loop/x"); }).code(), Errc::corrupt);
}

TEST(TreeLookup, ReadsPathsAsWindowsWritesThem) {
  const FileTree tree = flattened({TarBuilder()
                                       .file("Files/Windows/System32/ntdll.dll", "1")
                                       .symlink("Files/System", "Files/Windows/System32")
                                       .symlink("Files/Drive", "C:\\Windows")
                                       .symlink("Files/Device", "\\??\\C:\\Windows")
                                       .bytes()},
                                  LayerForm::windows);
  for (const char* path : {"windows/system32/NTDLL.DLL", "C:\\Windows\\System32\\ntdll.dll",
                           "c:/windows/system32/ntdll.dll", "\\Windows\\System32\\ntdll.dll",
                           "\\\\?\\C:\\Windows\\System32\\ntdll.dll", "Drive\\System32\\ntdll.dll",
                           "Device/System32/ntdll.dll", "System/ntdll.dll"}) {
    EXPECT_EQ(look_up(tree, path), "windows/system32/ntdll.dll") << path;
  }
  EXPECT_EQ(look_up(tree, "C:"), "");
  for (const char* path : {"D:\\Windows", "Files/Windows", "C:Windows"}) {
    EXPECT_EQ(error_of([&] { look_up(tree, path); }).code(), Errc::not_found) << path;
  }
  // Elsewhere these are names like any other.
  const FileTree plain = flattened({TarBuilder().file("C:/a\\b", "1").bytes()});
  EXPECT_EQ(look_up(plain, "C:/a\\b"), "C:/a\\b");
}

TEST(TreeLookup, SimilarNamesAreTheNearestOfOneDirectory) {
  const FileTree tree = flattened({TarBuilder()
                                       .file("d/velero", "1")
                                       .file("d/Velero.exe", "1")
                                       .file("d/velero-helper/velerO", "1")
                                       .file("d/other", "1")
                                       .file("velero", "1")
                                       .bytes()});
  EXPECT_THAT(similar_names(tree, "d", "velor"), ElementsAre("velero"));
  EXPECT_THAT(similar_names(tree, "d", "velero.exe"), ElementsAre("Velero.exe"));
  EXPECT_THAT(similar_names(tree, "", "velera"), ElementsAre("velero"));
  EXPECT_THAT(similar_names(tree, "d", "something-else"), IsEmpty());
}

}  // namespace
}  // namespace ocimux
