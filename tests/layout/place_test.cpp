// Where a new layout may go, and what becomes of a directory that is there.

#include "layout/change.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <sys/stat.h>

#include <gtest/gtest.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryDirectory;
using test::tree;
using test::write_file;

void make_layout(const fs::path& path) {
  LayoutChange change(path);
  change.put("hello");
  change.publish([](const Index& index) { return index; });
}

void expect_layout(const fs::path& path) {
  EXPECT_EQ(Layout::open(path).blobs().size_of(Digest::of("hello")), 5) << path;
  EXPECT_EQ(tree(path).size(), 5U) << "blobs/ sha256/ the blob, index.json and oci-layout";
}

ino_t inode_of(const fs::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_ino;
}

TEST(LayoutPlace, AnEmptyDirectoryIsFilledAndKept) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "out");
  ASSERT_EQ(::chmod((directory / "out").c_str(), 0700), 0);
  const ino_t before = inode_of(directory / "out");
  make_layout(directory / "out");
  expect_layout(directory / "out");
  EXPECT_EQ(inode_of(directory / "out"), before) << "it may be a mount, or somebody's current one";
  EXPECT_EQ(fs::status(directory / "out").permissions(), fs::perms::owner_all);
}

TEST(LayoutPlace, ALinkToAnEmptyDirectoryIsFollowed) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "out");
  fs::create_directory_symlink("out", directory / "link");
  make_layout(directory / "link");
  EXPECT_TRUE(fs::is_symlink(directory / "link"));
  expect_layout(directory / "out");
}

TEST(LayoutPlace, TheCurrentDirectoryAndBareNamesWork) {
  const TemporaryDirectory directory;
  const fs::path before = fs::current_path();
  fs::create_directory(directory / "here");
  fs::current_path(directory / "here");
  make_layout(".");
  make_layout("bare");
  fs::current_path(before);
  expect_layout(directory / "here/bare");
  fs::remove_all(directory / "here/bare");
  expect_layout(directory / "here");
}

TEST(LayoutPlace, AbandonedOrRefusedLeavesAnEmptyDirectoryEmpty) {
  const TemporaryDirectory directory;
  { LayoutChange(directory.path()).put("hello"); }
  EXPECT_TRUE(fs::is_empty(directory.path()));
  {
    LayoutChange change(directory.path());
    change.put("hello");
    const auto refuse = [](const Index&) -> Index { throw Error(Errc::conflict, "no"); };
    EXPECT_EQ(error_of([&] { change.publish(refuse); }).code(), Errc::conflict);
  }
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

// index.json comes last: without it, a killed process was here.
TEST(LayoutPlace, WhatAKilledProcessBeganIsTakenOver) {
  const TemporaryDirectory directory;
  fs::create_directories(directory / "out/blobs/sha256");
  fs::create_directories(directory / "out/.ocimux-1/blobs");
  write_file(directory / "out/oci-layout", R"({"imageLayoutVersion":"1.0.0"})");
  make_layout(directory / "out");
  expect_layout(directory / "out");
}

TEST(LayoutPlace, ADirectoryThatBecomesSomebodysStaysHis) {
  const TemporaryDirectory directory;
  for (const bool there_before : {true, false}) {
    const fs::path path = directory / (there_before ? "empty" : "missing");
    if (there_before) fs::create_directory(path);
    LayoutChange change(path);
    change.put("hello");
    fs::create_directories(path);
    write_file(path / "file", "mine");
    const auto publish = [&] { change.publish([](const Index& index) { return index; }); };
    EXPECT_EQ(error_of(publish).code(), Errc::already_exists);
    EXPECT_FALSE(fs::exists(path / "blobs"));
    EXPECT_FALSE(fs::exists(path / "index.json"));
    EXPECT_FALSE(fs::exists(path / "oci-layout"));
    EXPECT_EQ(test::read_file(path / "file"), "mine");
  }
}

}  // namespace
}  // namespace ocimux
