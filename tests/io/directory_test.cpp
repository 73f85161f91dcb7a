#include "io/directory.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::read_file;
using test::TemporaryDirectory;
using test::write_file;

TEST(MakeDirectory, SaysWhetherItMadeIt) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(make_directory(directory / "a"));
  EXPECT_FALSE(make_directory(directory / "a"));
  write_file(directory / "file", "");
  EXPECT_FALSE(make_directory(directory / "file"));
  const Error error = error_of([&] { make_directory(directory / "none/a"); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), testing::HasSubstr((directory / "none/a").string()));
}

TEST(MakeDirectories, MakesWhatIsMissing) {
  const TemporaryDirectory directory;
  make_directories(directory / "a/b/c");
  make_directories(directory / "a/b/c");
  EXPECT_TRUE(fs::is_directory(directory / "a/b/c"));
  write_file(directory / "file", "");
  EXPECT_THROW(make_directories(directory / "file/a"), Error);
}

TEST(RenamePath, ReplacesAFile) {
  const TemporaryDirectory directory;
  write_file(directory / "a", "new");
  write_file(directory / "b", "old");
  rename_path(directory / "a", directory / "b");
  EXPECT_EQ(read_file(directory / "b"), "new");
  EXPECT_FALSE(fs::exists(directory / "a"));
  const Error error = error_of([&] { rename_path(directory / "none", directory / "b"); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_EQ(read_file(directory / "b"), "new");
}

TEST(RenameToFreeName, RefusesANameThatIsTaken) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "mine");
  fs::create_directories(directory / "empty");
  fs::create_directories(directory / "full/of");
  fs::create_symlink("nowhere", directory / "link");
  for (const char* name : {"file", "empty", "full", "link"}) {
    make_directory(directory / "made");
    EXPECT_FALSE(rename_to_free_name(directory / "made", directory / name)) << name;
    EXPECT_TRUE(fs::exists(directory / "made")) << name;
  }
  EXPECT_EQ(read_file(directory / "file"), "mine");
  EXPECT_TRUE(rename_to_free_name(directory / "made", directory / "free"));
  EXPECT_TRUE(fs::is_directory(directory / "free"));
  EXPECT_EQ(error_of([&] { rename_to_free_name(directory / "no", directory / "x"); }).code(),
            Errc::not_found);
}

TEST(IsThere, SaysWhatIsThereAndWhyThatCannotBeTold) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "");
  fs::create_symlink("file", directory / "link");
  fs::create_symlink("none", directory / "dangling");
  fs::create_symlink("loop", directory / "loop");
  EXPECT_TRUE(is_there(directory / "link"));
  EXPECT_FALSE(is_there(directory / "dangling"));
  EXPECT_FALSE(is_there(directory / "file/below"));
  EXPECT_FALSE(is_there(directory / std::string(5000, 'a')));
  EXPECT_TRUE(is_directory_there(directory.path()));
  EXPECT_FALSE(is_directory_there(directory / "link"));
  const Error error = error_of([&] { is_there(directory / "loop"); });
  EXPECT_EQ(error.what(),
            "examining " + (directory / "loop").string() + ": Too many levels of symbolic links");
}

TEST(RemoveTree, OrSaysWhyNot) {
  const TemporaryDirectory directory;
  make_directories(directory / "a/b");
  remove_surely(directory / "a");
  remove_surely(directory / "a");
  EXPECT_TRUE(names_in(directory.path()).empty());
  EXPECT_THROW(remove_surely("/proc/self/status"), Error);
}

TEST(RemoveTree, RemovesAllBelowAndMindsNothing) {
  const TemporaryDirectory directory;
  write_file(directory / "kept", "x");
  make_directories(directory / "a/b");
  write_file(directory / "a/b/c", "");
  fs::create_symlink("../kept", directory / "a/link");
  fs::create_directory_symlink("..", directory / "a/up");
  remove_tree(directory / "a");
  remove_tree(directory / "a");
  EXPECT_EQ(names_in(directory.path()), std::vector<std::string>{"kept"});
}

TEST(NamesIn, AreSortedAndNoneOfWhatIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(names_in(directory / "none").empty());
  EXPECT_TRUE(names_in(directory.path()).empty());
  for (const char* name : {"b", ".hidden", "a", "B", "c"}) write_file(directory / name, "");
  make_directory(directory / "a.dir");
  EXPECT_EQ(names_in(directory.path()),
            (std::vector<std::string>{".hidden", "B", "a", "a.dir", "b", "c"}));
  EXPECT_THROW(names_in(directory / "a"), Error);
}

}  // namespace
}  // namespace ocimux
