#include "layout/trash.hpp"

#include "layout/change.hpp"
#include "layout/reliance.hpp"
#include "support/files.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using test::write_file;

/// A layout with one blob that nothing names.
struct OneBlob {
  TemporaryDirectory directory;
  fs::path layout = directory / "l";
  Digest digest = Digest::of("blob");
  fs::path path = BlobStore(layout / "blobs").path_of(digest);

  OneBlob() {
    LayoutChange change(layout);
    change.put("blob");
    change.publish([](const Index& index) { return index; });
  }
};

TEST(Trash, WhatIsTakenGoesWithItAndWhatIsGivenBackStays) {
  const OneBlob one;
  {
    Trash trash(one.layout);
    trash.take(one.digest);
    EXPECT_FALSE(fs::exists(one.path));
    trash.give_back({one.digest});
    EXPECT_TRUE(fs::exists(one.path));
    trash.take(one.digest);
    trash.give_all_back();
  }
  EXPECT_TRUE(fs::exists(one.path));
  {
    Trash trash(one.layout);
    trash.take(one.digest);
  }
  EXPECT_FALSE(fs::exists(one.path));
  EXPECT_TRUE(live_stagings(one.layout).empty());
}

// A layout may come from anyone, with links that lead to other layouts or to somebody's home.
TEST(Trash, OfTheDeadTakesNothingFromBehindLinks) {
  const OneBlob one;
  const fs::path other = one.directory / "other";
  const fs::path blob = BlobStore(other).path_of(Digest::of("theirs"));
  const fs::path file = other / "documents/thesis";
  for (const fs::path& path : {blob, file}) {
    fs::create_directories(path.parent_path());
    write_file(path, "theirs");
  }
  fs::create_directory(one.layout / "blobs/documents");
  fs::create_directory(one.directory / "staging");
  fs::create_directory_symlink(other, one.directory / "staging/trash");
  fs::create_directories(one.layout / ".ocimux-1");
  fs::create_directory_symlink(other, one.layout / ".ocimux-1/trash");
  fs::create_directories(one.layout / ".ocimux-2/trash");
  fs::create_directory_symlink(other / "sha256", one.layout / ".ocimux-2/trash/sha256");
  fs::create_directory_symlink(one.directory / "staging", one.layout / ".ocimux-3");
  fs::create_directories(one.layout / ".ocimux-4/trash/documents");
  write_file(one.layout / ".ocimux-4/trash/documents/no-blob", "x");
  remove_dead_stagings(one.layout, "");
  EXPECT_TRUE(fs::exists(blob));
  EXPECT_TRUE(fs::exists(file));
  EXPECT_TRUE(fs::is_empty(one.layout / "blobs/documents"));
}

TEST(Reliance, IsWhatAllAtWorkHaveLookedFor) {
  const OneBlob one;
  LayoutChange change(one.layout);
  EXPECT_FALSE(read_reliance_in(one.layout, {}).on(one.digest));
  EXPECT_TRUE(change.contains(one.digest, 4));
  EXPECT_TRUE(read_reliance_in(one.layout, {}).on(one.digest));
  EXPECT_FALSE(read_reliance_in(one.layout, {}).on(Digest::of("another")));
  const Staging silent(one.layout, "");
  EXPECT_TRUE(read_reliance_in(one.layout, {}).on_any);
  EXPECT_FALSE(read_reliance_in(one.layout, silent.path()).on_any);
}

TEST(LayoutChange, AnEditMayGatherAndMayDecline) {
  const OneBlob one;
  LayoutChange declined(one.layout);
  declined.put("not needed");
  declined.publish_text([](const std::string&) { return std::nullopt; });
  LayoutChange change(one.layout);
  change.publish_text([&](const std::string& text) -> std::optional<std::string> {
    EXPECT_EQ(text, test::read_file(one.layout / "index.json"));
    change.put("decided late");
    return text + " ";
  });
  EXPECT_EQ(test::read_file(one.layout / "index.json").back(), ' ') << "the very text";
  const BlobStore blobs(one.layout / "blobs");
  EXPECT_TRUE(blobs.size_of(Digest::of("decided late")));
  EXPECT_FALSE(blobs.size_of(Digest::of("not needed")));
}

}  // namespace
}  // namespace ocimux
