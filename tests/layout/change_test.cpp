#include "layout/change.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/streams.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::read_file;
using test::TemporaryDirectory;
using test::tree;
using test::write_file;

Descriptor named(const Blob& blob) {
  return {std::string(media_type::oci_manifest), blob.digest, blob.size};
}

Index with(Index index, const Blob& blob) {
  index.manifests.push_back(named(blob));
  return index;
}

// Adds one document to the layout at @p path.
Blob add(const fs::path& path, const std::string& text) {
  LayoutChange change(path);
  Blob blob = change.put(text);
  change.publish([&](const Index& index) { return with(index, blob); });
  return blob;
}

std::size_t manifests_of(const fs::path& path) {
  return Layout::open(path).index().manifests.size();
}

TEST(LayoutChange, MakesANewLayout) {
  const TemporaryDirectory directory;
  const Blob blob = add(directory / "out", "hello");
  const auto files = tree(directory.path());
  EXPECT_EQ(files.size(), 6U) << "out/ blobs/ sha256/ the blob, index.json and oci-layout";
  EXPECT_EQ(files.at("out/oci-layout"), R"({"imageLayoutVersion":"1.0.0"})");
  EXPECT_EQ(files.at("out/blobs/sha256/" + std::string(blob.digest.encoded())), "hello");
  const Layout layout = Layout::open(directory / "out");
  ASSERT_EQ(layout.index().manifests.size(), 1U);
  EXPECT_EQ(layout.index().manifests[0].digest, blob.digest);
}

TEST(LayoutChange, ANewLayoutHasModesUnderTheUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(027);
  const Blob blob = add(directory / "out", "hello");
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat((directory / "out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0750U);
  const auto path = Layout::open(directory / "out").blobs().path_of(blob.digest);
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0640U);
}

TEST(LayoutChange, TakesAnEmptyDirectoryAndASlashBehindItsName) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "out");
  add(directory / "out/", "hello");
  EXPECT_EQ(manifests_of(directory / "out"), 1U);
  EXPECT_FALSE(tree(directory.path()).contains("out/ingest/"));
}

TEST(LayoutChange, AddsToALayoutThatIsThere) {
  const TemporaryDirectory directory;
  const Blob first = add(directory / "out", "first");
  const Blob second = add(directory / "out", "second");
  const Layout layout = Layout::open(directory / "out");
  ASSERT_EQ(layout.index().manifests.size(), 2U);
  EXPECT_EQ(test::text_of(layout.blobs().open(first.digest, 5)), "first");
  EXPECT_EQ(test::text_of(layout.blobs().open(second.digest, 6)), "second");
  EXPECT_EQ(tree(directory.path()).size(), 7U) << "nothing of the work stays";
}

TEST(LayoutChange, KeepsWhatItDoesNotKnowInIndexJson) {
  const TemporaryDirectory directory;
  test::LayoutBuilder builder;
  builder.simple({}, "one");
  builder.index_json =
      R"({"schemaVersion":2,"mediaType":")" + test::oci_index_type +
      R"(","manifests":[{"mediaType":"application/x","digest":")" + test::sha256("") +
      R"(","size":0,"urls":["http://u"],"artifactType":"a"}],)"
      R"("annotations":{"a":"b"},"artifactType":"t","com.example":{"z":1,"a":[2]}})";
  builder.write_directory(directory / "out");
  add(directory / "out", "more");
  const std::string index = read_file(directory / "out/index.json");
  EXPECT_THAT(index, testing::HasSubstr(R"("com.example":{"z":1,"a":[2]})"));
  EXPECT_THAT(index, testing::HasSubstr(R"("artifactType":"t")"));
  EXPECT_THAT(index, testing::HasSubstr(R"("annotations":{"a":"b"})"));
  EXPECT_THAT(index, testing::HasSubstr(R"("urls":["http://u"])"));
  EXPECT_THAT(index, testing::HasSubstr(R"("artifactType":"a")"));
}

TEST(LayoutChange, RefusesADirectoryOfSomebodyElse) {
  const TemporaryDirectory directory;
  fs::create_directory(directory / "home");
  write_file(directory / "home/file", "mine");
  const auto before = tree(directory.path());
  EXPECT_EQ(error_of([&] { LayoutChange change(directory / "home"); }).code(),
            Errc::already_exists);
  EXPECT_EQ(error_of([&] { LayoutChange change(directory / "home/file"); }).code(),
            Errc::already_exists);
  EXPECT_EQ(tree(directory.path()), before);
}

TEST(LayoutChange, RefusesABrokenLayoutAndLeavesIt) {
  const TemporaryDirectory directory;
  test::LayoutBuilder builder;
  builder.layout_file = R"({"imageLayoutVersion":"2.0.0"})";
  builder.write_directory(directory / "out");
  const auto before = tree(directory.path());
  EXPECT_EQ(error_of([&] { LayoutChange change(directory / "out"); }).code(), Errc::unsupported);
  EXPECT_EQ(tree(directory.path()), before);
}

TEST(LayoutChange, AbandonedLeavesNoTrace) {
  const TemporaryDirectory directory;
  {
    LayoutChange change(directory / "a/b/c/out");
    const auto writer = change.create();
    writer->write(as_bytes("half"));
    change.put("whole");
    EXPECT_FALSE(fs::exists(directory / "a/b/c/out"));
  }
  EXPECT_TRUE(tree(directory.path()).empty());
}

TEST(LayoutChange, AbandonedLeavesParentsThatOthersUse) {
  const TemporaryDirectory directory;
  {
    const LayoutChange change(directory / "a/b/out");
    write_file(directory / "a/file", "of another");
  }
  EXPECT_EQ(tree(directory.path()).size(), 2U);
  EXPECT_FALSE(fs::exists(directory / "a/b"));
}

TEST(LayoutChange, AbandonedLeavesALayoutAsItWas) {
  const TemporaryDirectory directory;
  add(directory / "out", "first");
  const auto before = tree(directory.path());
  {
    LayoutChange change(directory / "out");
    change.put("second");
  }
  EXPECT_EQ(tree(directory.path()), before);
}

TEST(LayoutChange, BeforePublishALayoutIsUntouched) {
  const TemporaryDirectory directory;
  add(directory / "out", "first");
  LayoutChange change(directory / "out");
  const Blob blob = change.put("second");
  const Layout layout = Layout::open(directory / "out");
  EXPECT_FALSE(layout.blobs().size_of(blob.digest));
  EXPECT_EQ(layout.index().manifests.size(), 1U);
}

TEST(LayoutChange, AnEditThatThrowsLeavesALayoutAsItWas) {
  const TemporaryDirectory directory;
  add(directory / "out", "first");
  const auto before = tree(directory.path());
  {
    LayoutChange change(directory / "out");
    change.put("second");
    const auto refuse = [](const Index&) -> Index { throw Error(Errc::already_exists, "no"); };
    EXPECT_EQ(error_of([&] { change.publish(refuse); }).code(), Errc::already_exists);
  }
  EXPECT_EQ(tree(directory.path()), before);
}

TEST(LayoutChange, AnEditThatThrowsLeavesNoNewLayout) {
  const TemporaryDirectory directory;
  {
    LayoutChange change(directory / "a/out");
    change.put("second");
    const auto refuse = [](const Index&) -> Index { throw Error(Errc::already_exists, "no"); };
    EXPECT_EQ(error_of([&] { change.publish(refuse); }).code(), Errc::already_exists);
  }
  EXPECT_TRUE(tree(directory.path()).empty());
}

TEST(LayoutChange, ContainsCountsGatheredAndOldBlobs) {
  const TemporaryDirectory directory;
  const Blob old = add(directory / "out", "first");
  LayoutChange change(directory / "out");
  EXPECT_TRUE(change.contains(old.digest, old.size));
  EXPECT_FALSE(change.contains(old.digest, old.size + 1));
  const Digest digest = Digest::of("second");
  EXPECT_FALSE(change.contains(digest, 6));
  change.put("second");
  EXPECT_TRUE(change.contains(digest, 6));
  EXPECT_EQ(test::text_of(change.open(digest, 6)), "second");
  EXPECT_EQ(test::text_of(change.open(old.digest, 5)), "first");
  EXPECT_EQ(change.totals().blobs, 1);
  EXPECT_EQ(change.totals().bytes, 6);
}

TEST(LayoutChange, PutGathersNothingTwice) {
  const TemporaryDirectory directory;
  add(directory / "out", "first");
  LayoutChange change(directory / "out");
  change.put("first");
  change.put("second");
  change.put("second");
  EXPECT_EQ(change.totals().blobs, 1);
}

TEST(LayoutChange, ABlobThatWasReliedOnAndRemovedIsAConflict) {
  const TemporaryDirectory directory;
  const Blob old = add(directory / "out", "first");
  const std::string index = read_file(directory / "out/index.json");
  LayoutChange change(directory / "out");
  ASSERT_TRUE(change.contains(old.digest, old.size));
  change.put("second");
  fs::remove(Layout::open(directory / "out").blobs().path_of(old.digest));
  const auto keep = [](const Index& now) { return now; };
  EXPECT_EQ(error_of([&] { change.publish(keep); }).code(), Errc::conflict);
  EXPECT_EQ(read_file(directory / "out/index.json"), index);
  EXPECT_FALSE(Layout::open(directory / "out").blobs().size_of(Digest::of("second")));
}

TEST(LayoutChange, ReplacesABlobOfTheWrongSize) {
  const TemporaryDirectory directory;
  const Blob blob = add(directory / "out", "first");
  const auto path = Layout::open(directory / "out").blobs().path_of(blob.digest);
  write_file(path, "fir");
  add(directory / "out", "first");
  EXPECT_EQ(read_file(path), "first");
}

TEST(LayoutChange, KeepsBlobsOfBothAlgorithms) {
  const TemporaryDirectory directory;
  LayoutChange change(directory / "out");
  const auto writer = change.create("sha512");
  writer->write(as_bytes("long"));
  const Blob blob = writer->commit();
  change.publish([](const Index& index) { return index; });
  EXPECT_EQ(blob.digest.algorithm(), "sha512");
  EXPECT_EQ(read_file(directory / ("out/blobs/sha512/" + std::string(blob.digest.encoded()))),
            "long");
}

}  // namespace
}  // namespace ocimux
