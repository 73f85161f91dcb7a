#include <ocimux/store/blob_store.hpp>

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>

#include <thread>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::text_of;
using test::write_file;

class Store : public testing::Test {
 protected:
  // Puts @p content where the blob of @p named_after belongs.
  fs::path put(const std::string& content, const std::string& named_after) {
    const fs::path path = store.path_of(Digest::of(named_after));
    fs::create_directories(path.parent_path());
    write_file(path, content);
    return path;
  }

  test::TemporaryDirectory directory;
  BlobStore store{directory / "blobs"};
  Digest abc = Digest::of("abc");
};

TEST_F(Store, PutsBlobsWhereTheSpecificationSays) {
  EXPECT_EQ(store.path_of(abc), directory / ("blobs/sha256/" + std::string(abc.encoded())));
  const Digest longer = Digest::parse("sha512:" + std::string(128, 'a'));
  EXPECT_EQ(store.path_of(longer), directory / ("blobs/sha512/" + std::string(128, 'a')));
}

TEST_F(Store, KnowsSizes) {
  EXPECT_EQ(store.size_of(abc), std::nullopt) << "there is not even a directory";
  put("abc", "abc");
  EXPECT_EQ(store.size_of(abc), 3);
  EXPECT_EQ(store.size_of(Digest::of("abd")), std::nullopt);
}

TEST_F(Store, GivesCheckedBytesAgainAndAgain) {
  put("abc", "abc");
  const Body body = store.open(abc, 3);
  EXPECT_EQ(body.size, 3);
  EXPECT_EQ(text_of(body), "abc");
  EXPECT_EQ(text_of(body), "abc");
}

TEST_F(Store, SaysWhatIsMissing) {
  const Error error = error_of([&] { static_cast<void>(store.open(abc, 3)); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), testing::HasSubstr(abc.string()));
  EXPECT_EQ(error_of([&] { static_cast<void>(store.open_unchecked(abc, 3)); }).code(),
            Errc::not_found);
}

TEST_F(Store, RefusesAnotherSizeBeforeAnythingIsRead) {
  put("abcd", "abc");
  const Error error = error_of([&] { static_cast<void>(store.open(abc, 3)); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), testing::HasSubstr(abc.string()));
  EXPECT_EQ(error_of([&] { static_cast<void>(store.open_unchecked(abc, 3)); }).code(),
            Errc::corrupt);
}

TEST_F(Store, RefusesOtherContentWhileItIsRead) {
  put("abd", "abc");
  const Body body = store.open(abc, 3);
  EXPECT_EQ(error_of([&] { text_of(body); }).code(), Errc::corrupt);
  EXPECT_EQ(text_of(store.open_unchecked(abc, 3)), "abd");
}

TEST_F(Store, RefusesABlobThatShrinksAfterItWasOpened) {
  const fs::path path = put("abc", "abc");
  const Body body = store.open_unchecked(abc, 3);
  write_file(path, "ab");
  EXPECT_EQ(error_of([&] { text_of(body); }).code(), Errc::corrupt);
}

// A link could hand out any file of the machine.
TEST_F(Store, RefusesWhatIsNoRegularFile) {
  const fs::path path = put("abc", "abc");
  fs::rename(path, directory / "elsewhere");
  const auto refused = [&] {
    EXPECT_EQ(error_of([&] { static_cast<void>(store.size_of(abc)); }).code(), Errc::corrupt);
    EXPECT_EQ(error_of([&] { static_cast<void>(store.open(abc, 3)); }).code(), Errc::corrupt);
  };
  fs::create_symlink(directory / "elsewhere", path);
  refused();
  fs::remove(path);
  fs::create_directory(path);
  refused();
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  refused();
}

TEST_F(Store, RefusesABlobThatBecomesALink) {
  const fs::path path = put("abc", "abc");
  const Body body = store.open(abc, 3);
  fs::rename(path, directory / "elsewhere");
  fs::create_symlink(directory / "elsewhere", path);
  EXPECT_EQ(error_of([&] { text_of(body); }).code(), Errc::corrupt);
}

TEST_F(Store, ReadsInManyThreads) {
  put("abc", "abc");
  const Body body = store.open(abc, 3);
  std::vector<std::jthread> crew;
  for (int t = 0; t < 4; ++t) {
    crew.emplace_back([&] {
      for (int i = 0; i < 50; ++i) EXPECT_EQ(text_of(body), "abc");
    });
  }
}

}  // namespace
}  // namespace ocimux
