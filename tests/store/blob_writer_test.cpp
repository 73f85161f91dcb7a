#include "store/blob_writer.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;

class Writer : public testing::Test {
 protected:
  Writer() { fs::create_directory(directory / "ingest"); }

  [[nodiscard]] BlobWriter writer(std::string_view algorithm = "sha256") {
    return BlobWriter(store, directory / "ingest", {algorithm});
  }
  // What lies in the store and beside it, without the directories.
  [[nodiscard]] std::size_t files() const {
    std::size_t count = 0;
    for (const auto& [name, content] : test::tree(directory.path())) {
      count += name.ends_with('/') ? 0U : 1U;
    }
    return count;
  }

  test::TemporaryDirectory directory;
  BlobStore store{directory / "blobs"};
  Digest abc = Digest::of("abc");
};

TEST_F(Writer, PublishesUnderTheDigest) {
  BlobWriter blob = writer();
  blob.write(as_bytes("ab"));
  blob.write(as_bytes("c"));
  blob.finish();
  EXPECT_EQ(store.size_of(abc), std::nullopt) << "nothing shows before commit";
  const Blob made = blob.commit();
  EXPECT_EQ(made.digest, abc);
  EXPECT_EQ(made.size, 3);
  EXPECT_EQ(test::read_file(store.path_of(abc)), "abc");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Writer, PublishesAnEmptyBlob) {
  EXPECT_EQ(writer().commit().digest, Digest::of(""));
  EXPECT_EQ(store.size_of(Digest::of("")), 0);
}

TEST_F(Writer, PublishesWhatIsExpected) {
  BlobWriter blob = writer();
  blob.write(as_bytes("abc"));
  blob.commit(abc, 3);
  EXPECT_EQ(store.size_of(abc), 3);
}

TEST_F(Writer, PublishesUnderTheOtherAlgorithm) {
  BlobWriter blob = writer("sha512");
  blob.write(as_bytes("abc"));
  const Blob made = blob.commit();
  EXPECT_EQ(made.digest.algorithm(), "sha512");
  EXPECT_EQ(store.size_of(made.digest), 3);
}

TEST_F(Writer, RefusesWhatIsNotExpected) {
  {
    BlobWriter blob = writer();
    blob.write(as_bytes("abd"));
    const Error error = error_of([&] { blob.commit(abc, 3); });
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_THAT(error.what(), testing::HasSubstr(abc.string()));
    EXPECT_THAT(error.what(), testing::HasSubstr(Digest::of("abd").string()));
  }
  {
    BlobWriter blob = writer();
    blob.write(as_bytes("abc"));
    EXPECT_EQ(error_of([&] { blob.commit(abc, 4); }).code(), Errc::corrupt);
  }
  EXPECT_EQ(files(), 0U) << "neither a blob nor what was written of it";
}

TEST_F(Writer, AbandonedLeavesNothing) {
  {
    BlobWriter blob = writer();
    blob.write(as_bytes("abc"));
    blob.finish();
  }
  EXPECT_EQ(files(), 0U);
}

TEST_F(Writer, ManyAtOnceDoNotMeet) {
  BlobWriter first = writer();
  BlobWriter second = writer();
  first.write(as_bytes("abc"));
  second.write(as_bytes("abc"));
  first.commit();
  second.commit();
  EXPECT_EQ(test::read_file(store.path_of(abc)), "abc");
  EXPECT_EQ(files(), 1U);
}

TEST_F(Writer, ReplacesADamagedBlob) {
  fs::create_directories(directory / "blobs/sha256");
  test::write_file(store.path_of(abc), "a");
  BlobWriter blob = writer();
  blob.write(as_bytes("abc"));
  blob.commit();
  EXPECT_EQ(test::read_file(store.path_of(abc)), "abc");
}

TEST_F(Writer, ThatCannotPublishLeavesNothing) {
  test::write_file(directory / "blobs", "in the way");
  {
    BlobWriter blob = writer();
    blob.write(as_bytes("abc"));
    EXPECT_THROW(blob.commit(), Error);
  }
  EXPECT_EQ(files(), 1U);
  EXPECT_TRUE(fs::is_empty(directory / "ingest"));
}

TEST_F(Writer, NeedsItsIngestDirectory) {
  EXPECT_EQ(error_of([&] { BlobWriter(store, directory / "none"); }).code(), Errc::not_found);
}

}  // namespace
}  // namespace ocimux
