#include "layout/staging.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using test::write_file;

TEST(Staging, GoesWithItsObject) {
  const TemporaryDirectory directory;
  fs::path path;
  {
    const Staging staging(directory.path(), ".out");
    path = staging.path();
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_EQ(path.parent_path(), directory.path());
    EXPECT_TRUE(path.filename().string().starts_with(".out.ocimux-")) << path;
    fs::create_directories(path / "blobs/sha256");
    write_file(path / "blobs/sha256/x", "x");
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Staging, ReleasedStays) {
  const TemporaryDirectory directory;
  fs::path path;
  {
    Staging staging(directory.path(), "");
    path = staging.path();
    staging.release();
  }
  EXPECT_TRUE(fs::exists(path));
}

TEST(Staging, RemovesDeadOnesOfItsPlace) {
  const TemporaryDirectory directory;
  fs::create_directories(directory / ".out.ocimux-1/blobs");
  fs::create_directories(directory / ".other.ocimux-2");
  fs::create_directories(directory / ".out.backup");
  write_file(directory / ".out.ocimux-3", "a file is nobody's staging directory");
  const Staging staging(directory.path(), ".out");
  EXPECT_FALSE(fs::exists(directory / ".out.ocimux-1"));
  EXPECT_TRUE(fs::exists(directory / ".other.ocimux-2"));
  EXPECT_TRUE(fs::exists(directory / ".out.backup"));
  EXPECT_TRUE(fs::exists(directory / ".out.ocimux-3"));
}

TEST(Staging, LeavesLivingOnes) {
  const TemporaryDirectory directory;
  const Staging first(directory.path(), "");
  const Staging second(directory.path(), "");
  EXPECT_NE(first.path(), second.path());
  EXPECT_TRUE(fs::exists(first.path()));
  EXPECT_TRUE(fs::exists(second.path()));
}

TEST(Staging, FollowsNoLinkOfItsName) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "precious");
  write_file(directory / "precious/file", "x");
  fs::create_directory_symlink("precious", directory / ".ocimux-7");
  const Staging staging(directory.path(), "");
  EXPECT_TRUE(fs::exists(directory / "precious/file"));
}

TEST(Staging, NeedsItsParent) {
  const TemporaryDirectory directory;
  EXPECT_EQ(test::error_of([&] { const Staging staging(directory / "none", ""); }).code(),
            Errc::not_found);
}

TEST(ParentDirectories, MakesWhatIsMissingAndTakesItAway) {
  const TemporaryDirectory directory;
  {
    const ParentDirectories parents(directory / "a/b/c");
    EXPECT_TRUE(fs::is_directory(directory / "a/b"));
    EXPECT_FALSE(fs::exists(directory / "a/b/c"));
  }
  EXPECT_FALSE(fs::exists(directory / "a"));
}

TEST(ParentDirectories, LeavesWhatIsUsed) {
  const TemporaryDirectory directory;
  {
    const ParentDirectories parents(directory / "a/b/c");
    write_file(directory / "a/b/c", "result");
  }
  EXPECT_TRUE(fs::exists(directory / "a/b/c"));
}

TEST(ParentDirectories, LeavesWhatWasThere) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "a");
  { const ParentDirectories parents(directory / "a/b"); }
  EXPECT_TRUE(fs::exists(directory / "a"));
}

// A name that no file system takes, below one that is made first.
TEST(ParentDirectories, LeavesNoTraceWhenItFails) {
  const TemporaryDirectory directory;
  const fs::path path = directory / ("a/" + std::string(300, 'x') + "/c");
  EXPECT_EQ(test::error_of([&] { const ParentDirectories parents(path); }).code(), Errc::io);
  EXPECT_FALSE(fs::exists(directory / "a"));
}

TEST(ParentDirectories, OfABareNameMakesNothing) {
  EXPECT_NO_THROW(ParentDirectories("bare"));
  EXPECT_EQ(parent_of("bare"), ".");
  EXPECT_EQ(parent_of("a/b"), "a");
  EXPECT_EQ(parent_of("/a"), "/");
}

}  // namespace
}  // namespace ocimux
