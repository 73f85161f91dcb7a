#include "source/opened.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "io/memory.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::compressed_by;
using test::refusal;
using testing::HasSubstr;
using testing::StartsWith;

std::string content_of(const std::shared_ptr<const File>& file) {
  return read_document(file_body(file, 0, file->size()), INT64_MAX);
}

class OpenUnpacked : public testing::Test {
 protected:
  std::shared_ptr<const File> open(const std::string& name) {
    return open_unpacked(directory_ / name, silent_progress(), {});
  }

  std::shared_ptr<const File> open_bytes(const std::string& bytes) {
    test::write_file(directory_ / "file", bytes);
    return open("file");
  }

  // Opens a pipe that gives @p bytes, @p piece of them at a time.
  std::string through_pipe(const std::string& bytes, std::size_t piece) {
    const std::string path = (directory_ / "pipe").string();
    std::filesystem::remove(path);
    EXPECT_EQ(mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] {
      std::ofstream pipe(path, std::ios::binary);
      for (std::size_t at = 0; at < bytes.size(); at += piece) {
        pipe << bytes.substr(at, piece) << std::flush;
      }
    });
    std::shared_ptr<const File> file;
    const std::string failure = refusal([&] { return file = open("pipe"); });
    writer.join();
    EXPECT_EQ(failure, "");
    return file ? content_of(file) : failure;
  }

  test::TemporaryDirectory directory_;
};

TEST_F(OpenUnpacked, GivesAPlainFileItself) {
  const auto file = open_bytes("plain");
  EXPECT_EQ(content_of(file), "plain");
  EXPECT_EQ(file->name(), (directory_ / "file").string());
  struct stat status {};
  ASSERT_EQ(stat((directory_ / "file").c_str(), &status), 0);
  EXPECT_EQ(file->status().st_ino, status.st_ino) << "no copy";
}

TEST_F(OpenUnpacked, UnpacksEveryCodec) {
  const std::string bytes = test::random_bytes(700'000, 3);
  for (const char* codec : {"gzip", "zstd", "xz", "bzip2"}) {
    EXPECT_EQ(content_of(open_bytes(compressed_by(codec, bytes))), bytes) << codec;
    EXPECT_EQ(content_of(open_bytes(compressed_by(codec, ""))), "") << codec;
  }
}

TEST_F(OpenUnpacked, GoesByContentAndNotByName) {
  test::write_file(directory_ / "a.tar", compressed_by("gzip", "zipped"));
  test::write_file(directory_ / "a.tar.gz", "plain");
  EXPECT_EQ(content_of(open("a.tar")), "zipped");
  EXPECT_EQ(content_of(open("a.tar.gz")), "plain");
}

// A failure to read it is one of the place for temporary files.
TEST_F(OpenUnpacked, NamesWhatItUnpackedApart) {
  EXPECT_THAT(open_bytes(compressed_by("zstd", "x"))->name(), StartsWith("a temporary file in "));
}

TEST_F(OpenUnpacked, LeavesNoFileBehind) {
  const test::TemporaryDirectory spool;
  const char* before = std::getenv("TMPDIR");
  const std::string old = before == nullptr ? "" : before;
  ASSERT_EQ(setenv("TMPDIR", spool.path().c_str(), 1), 0);
  const auto file = open_bytes(compressed_by("zstd", "x"));
  old.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", old.c_str(), 1);
  EXPECT_EQ(file->name(), "a temporary file in " + spool.path().string());
  EXPECT_THAT(test::tree(spool.path()), testing::IsEmpty());
}

TEST_F(OpenUnpacked, TakesFilesShorterThanAnyMagic) {
  for (const char* text : {"", "a", "ab", "\x1f", "\x1f\x8b", "BZ",
                           "\xfd"
                           "7zX"}) {
    EXPECT_EQ(content_of(open_bytes(text)), text);
  }
}

TEST_F(OpenUnpacked, ReadsPipes) {
  const std::string bytes = test::random_bytes(300'000, 5);
  EXPECT_EQ(through_pipe(bytes, bytes.size()), bytes);
  EXPECT_EQ(through_pipe(compressed_by("gzip", bytes), 65'536), bytes);
  EXPECT_EQ(through_pipe("", 1), "");
  EXPECT_EQ(through_pipe("abc", 1), "abc");
}

TEST_F(OpenUnpacked, KnowsTheCodecOfAPipeThatDrips) {
  for (const char* codec : {"gzip", "zstd", "xz", "bzip2"}) {
    EXPECT_EQ(through_pipe(compressed_by(codec, "dripping"), 1), "dripping") << codec;
  }
}

TEST_F(OpenUnpacked, RefusesEveryCutOfACompressedFile) {
  for (const char* codec : {"gzip", "zstd", "xz", "bzip2"}) {
    const std::string bytes = compressed_by(codec, test::random_bytes(200, 1));
    for (std::size_t size = 6; size < bytes.size(); ++size) {
      EXPECT_THAT(refusal([&] { return open_bytes(bytes.substr(0, size)); }),
                  StartsWith("corrupt: "))
          << codec << " at " << size;
    }
  }
}

TEST_F(OpenUnpacked, RefusesWhatIsNotThere) {
  EXPECT_THAT(refusal([&] { return open("none"); }),
              testing::AllOf(StartsWith("not_found: "), HasSubstr("none")));
}

}  // namespace
}  // namespace ocimux
