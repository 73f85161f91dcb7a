#include "io/file.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <array>
#include <cerrno>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::TemporaryDirectory;
using test::write_file;
using testing::HasSubstr;

bool is_open(int number) { return ::fcntl(number, F_GETFD) != -1; }  // NOLINT(*-vararg)

int new_descriptor() { return ::dup(STDOUT_FILENO); }

TEST(FileDescriptor, ClosesWhatItOwnsOnce) {
  int number = -1;
  {
    FileDescriptor first(new_descriptor());
    number = first.number();
    EXPECT_TRUE(first);
    const FileDescriptor second(std::move(first));
    EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is the question
    EXPECT_EQ(second.number(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
}

TEST(FileDescriptor, AssignmentClosesWhatItHad) {
  FileDescriptor first(new_descriptor());
  FileDescriptor second(new_descriptor());
  const int old = first.number();
  const int kept = second.number();
  first = std::move(second);
  EXPECT_FALSE(is_open(old));
  EXPECT_EQ(first.number(), kept);
  FileDescriptor& same = first;
  first = std::move(same);
  EXPECT_TRUE(is_open(kept));
  first.close();
  EXPECT_FALSE(is_open(kept));
  EXPECT_FALSE(first);
  first.close();
}

TEST(File, ReadsByPosition) {
  const auto file = test::file_with("0123456789");
  std::array<std::byte, 4> buffer{};
  EXPECT_EQ(file->read_at(buffer, 3), 4U);
  EXPECT_EQ(as_text(buffer), "3456");
  EXPECT_EQ(file->read_at(buffer, 8), 2U);
  EXPECT_EQ(file->read_at(buffer, 10), 0U);
  EXPECT_EQ(file->read_at(buffer, 1000), 0U);
  EXPECT_EQ(file->size(), 10);
}

TEST(File, ReadsAPipeInItsOrder) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const File reading{FileDescriptor(ends[0]), "the pipe"};
  {
    const File writing{FileDescriptor(ends[1]), "the pipe"};
    writing.write(as_bytes("abc"));
    EXPECT_NO_THROW(writing.sync()) << "a pipe has nothing to sync";
  }
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(reading.read_next(buffer), 3U);
  EXPECT_EQ(reading.read_next(buffer), 0U);
  EXPECT_EQ(error_of([&] { static_cast<void>(reading.read_at(buffer, 0)); }).code(), Errc::io);
}

TEST(File, OpenNamesWhatIsMissing) {
  const TemporaryDirectory directory;
  const Error error = error_of([&] { File::open(directory / "none"); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_EQ(error.what(),
            "opening " + (directory / "none").string() + ": No such file or directory");
}

TEST(File, OpenFollowsLinks) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "x");
  fs::create_symlink("file", directory / "link");
  EXPECT_EQ(File::open(directory / "link").size(), 1);
}

TEST(File, OpenRegularTakesNothingButRegularFiles) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "x");
  fs::create_symlink("file", directory / "link");
  fs::create_symlink("none", directory / "dangling");
  ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);  // must not block, either
  EXPECT_EQ(File::open_regular(directory / "file").size(), 1);
  for (const char* name : {"link", "dangling", "fifo", "."}) {
    EXPECT_EQ(error_of([&] { File::open_regular(directory / name); }).code(), Errc::corrupt)
        << name;
  }
  EXPECT_EQ(error_of([] { File::open_regular("/dev/null"); }).code(), Errc::corrupt);
  EXPECT_EQ(error_of([&] { File::open_regular(directory / "none"); }).code(), Errc::not_found);
}

TEST(File, CreateReplacesNothing) {
  const TemporaryDirectory directory;
  File::create(directory / "new").write(as_bytes("x"));
  EXPECT_EQ(error_of([&] { File::create(directory / "new"); }).code(), Errc::already_exists);
  EXPECT_EQ(test::read_file(directory / "new"), "x");
  fs::create_symlink("elsewhere", directory / "link");
  EXPECT_EQ(error_of([&] { File::create(directory / "link"); }).code(), Errc::already_exists);
  EXPECT_FALSE(fs::exists(directory / "elsewhere"));
}

TEST(File, CreateUsesTheUmask) {
  const TemporaryDirectory directory;
  const mode_t before = ::umask(002);
  const auto mode = File::create(directory / "new").status().st_mode;
  ::umask(before);
  EXPECT_EQ(mode & 0777U, 0664U);
}

TEST(File, UnnamedLeavesNothing) {
  const TemporaryDirectory directory;
  const File file = File::unnamed(directory.path());
  file.write(as_bytes("x"));
  EXPECT_EQ(file.size(), 1);
  EXPECT_TRUE(fs::is_empty(directory.path()));
  EXPECT_EQ(error_of([&] { File::unnamed(directory / "none"); }).code(), Errc::not_found);
}

TEST(File, AFullDiskIsSaidWithAHint) {
  const File file(FileDescriptor(::open("/dev/full", O_WRONLY)), "out.tar");  // NOLINT(*-vararg)
  const Error error = error_of([&] { file.write(as_bytes("x")); });
  EXPECT_EQ(error.code(), Errc::io);
  EXPECT_STREQ(error.what(), "writing out.tar: No space left on device");
  EXPECT_FALSE(error.hint().empty());
}

TEST(File, DescriptorsAreNotInherited) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "");
  const File named = File::open(directory / "file");
  const File unnamed = File::unnamed(directory.path());
  for (const File* file : {&named, &unnamed}) {
    EXPECT_NE(::fcntl(file->descriptor(), F_GETFD) & FD_CLOEXEC, 0);  // NOLINT(*-vararg)
  }
}

TEST(FileSink, Appends) {
  const auto file = test::file_with("a");
  FileSink sink(*file);
  sink.write(as_bytes("bc"));
  sink.write({});
  sink.finish();
  EXPECT_EQ(test::text_of(file_body(file, 0, 3)), "abc");
}

TEST(FileBody, GivesItsPartAgainAndAgain) {
  const Body body = file_body(test::file_with("0123456789"), 2, 5);
  EXPECT_EQ(body.size, 5);
  EXPECT_EQ(test::text_of(body), "23456");
  EXPECT_EQ(test::text_of(body), "23456");
  EXPECT_EQ(test::text_of(file_body(test::file_with("x"), 1, 0)), "");
}

TEST(FileBody, OutlivesTheNameOfItsFile) {
  const TemporaryDirectory directory;
  write_file(directory / "file", "abc");
  const Body body = file_body(std::make_shared<const File>(File::open(directory / "file")), 0, 3);
  fs::remove(directory / "file");
  EXPECT_EQ(test::text_of(body), "abc");
}

TEST(FileBody, OfAFileThatIsShorterIsCorrupt) {
  const Error error = error_of([] { test::text_of(file_body(test::file_with("0123"), 2, 5)); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("expected 3 more bytes at offset 4"));
  EXPECT_EQ(error_of([] { test::text_of(file_body(test::file_with(""), 9, 1)); }).code(),
            Errc::corrupt);
}

TEST(SyncDirectory, NamesWhatIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_NO_THROW(sync_directory(directory.path()));
  EXPECT_NO_THROW(sync_directory(""));
  EXPECT_EQ(error_of([&] { sync_directory(directory / "none"); }).code(), Errc::not_found);
}

TEST(SpoolDirectory, IsWhatTheUserChose) {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TMPDIR", "/some/where", 1);
  EXPECT_EQ(spool_directory(), "/some/where");
  ::setenv("TMPDIR", "", 1);
  EXPECT_EQ(spool_directory(), "/var/tmp");
  ::unsetenv("TMPDIR");
  EXPECT_EQ(spool_directory(), "/var/tmp");
  if (before != nullptr) ::setenv("TMPDIR", kept.c_str(), 1);
}

}  // namespace
}  // namespace ocimux
