#include "tar/archive.hpp"

#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

#include <thread>

namespace ocimux {
namespace {

using test::error_of;
using test::TarBuilder;
using test::text_of;

TarArchive archive_of(const TarBuilder& builder) {
  return TarArchive(test::file_with(builder.bytes()));
}

Errc refusal_of(const TarArchive& archive, const std::string& path) {
  return error_of([&] { static_cast<void>(archive.body(path)); }).code();
}

TEST(TarArchive, GivesMembersByName) {
  for (const char* format : {"ustar", "gnutar", "pax"}) {
    const auto archive = archive_of(
        TarBuilder(format).directory("./").file("./a", "one").file("b/c", std::string(5000, 'x')));
    EXPECT_TRUE(archive.contains("a"));
    EXPECT_TRUE(archive.contains("b/c"));
    EXPECT_FALSE(archive.contains("./a"));
    EXPECT_FALSE(archive.contains("b"));
    EXPECT_EQ(text_of(archive.body("a")), "one");
    EXPECT_EQ(archive.body("b/c").size, 5000);
    EXPECT_EQ(text_of(archive.body("b/c")), std::string(5000, 'x'));
    EXPECT_EQ(text_of(archive.body("b/c")), std::string(5000, 'x'));
  }
}

TEST(TarArchive, ReadsFromManyThreads) {
  TarBuilder builder;
  for (int i = 0; i < 50; ++i)
    builder.file(std::to_string(i), std::string(2000, static_cast<char>('a' + i % 26)));
  const auto archive = archive_of(builder);
  std::vector<std::jthread> crew;
  for (int t = 0; t < 4; ++t) {
    crew.emplace_back([&archive] {
      for (int i = 0; i < 50; ++i) {
        const std::string expected(2000, static_cast<char>('a' + i % 26));
        EXPECT_EQ(text_of(archive.body(std::to_string(i))), expected);
      }
    });
  }
}

TEST(TarArchive, SaysWhatIsMissing) {
  const auto archive = archive_of(TarBuilder().directory("dir").symlink("dangling", "none"));
  EXPECT_EQ(refusal_of(archive, "none"), Errc::not_found);
  EXPECT_EQ(refusal_of(archive, ""), Errc::not_found);
  EXPECT_EQ(refusal_of(archive, "dir"), Errc::not_found);
  EXPECT_EQ(refusal_of(archive, "dangling"), Errc::not_found);
}

// docker save before 25 stores a repeated layer as `<id>/layer.tar -> ../<other>/layer.tar`.
TEST(TarArchive, FollowsLinksInsideTheArchive) {
  const auto archive = archive_of(TarBuilder()
                                      .file("one/layer.tar", "layer")
                                      .symlink("two/layer.tar", "../one/layer.tar")
                                      .symlink("three", "two/layer.tar")
                                      .symlink("a/b/c", "../../three")
                                      .symlink("one/beside", "layer.tar")
                                      .hard_link("hard", "one/layer.tar")
                                      .hard_link("to/link", "two/layer.tar"));
  for (const char* path : {"two/layer.tar", "three", "a/b/c", "one/beside", "hard", "to/link"}) {
    EXPECT_TRUE(archive.contains(path));
    EXPECT_EQ(text_of(archive.body(path)), "layer") << path;
  }
}

TEST(TarArchive, RefusesCirclesOfLinks) {
  const auto archive = archive_of(TarBuilder()
                                      .symlink("self", "self")
                                      .symlink("a", "b")
                                      .symlink("b", "a")
                                      .hard_link("hard", "hard"));
  for (const char* path : {"self", "a", "b", "hard"}) {
    EXPECT_EQ(refusal_of(archive, path), Errc::corrupt) << path;
  }
}

TEST(TarArchive, RefusesLinksThatLeaveTheArchive) {
  const auto archive = archive_of(TarBuilder()
                                      .file("etc/passwd", "of the archive")
                                      .symlink("absolute", "/etc/passwd")
                                      .symlink("up", "../etc/passwd")
                                      .symlink("dir/up", "../../etc/passwd")
                                      .symlink("dots", "..")
                                      .symlink("mixed", "dir/../../x"));
  for (const char* path : {"absolute", "up", "dir/up", "dots", "mixed"}) {
    EXPECT_EQ(refusal_of(archive, path), Errc::corrupt) << path;
  }
}

// Two readers of one archive must see the same bytes; which of two they see differs by program.
TEST(TarArchive, RefusesWhatStandsTwice) {
  const auto archive = archive_of(TarBuilder()
                                      .file("a", "1")
                                      .file("./a", "2")
                                      .file("b", "fine")
                                      .symlink("link", "a")
                                      .file("c", "x")
                                      .symlink("c", "b"));
  EXPECT_EQ(refusal_of(archive, "a"), Errc::corrupt);
  EXPECT_EQ(refusal_of(archive, "link"), Errc::corrupt);
  EXPECT_EQ(refusal_of(archive, "c"), Errc::corrupt);
  EXPECT_EQ(text_of(archive.body("b")), "fine");
}

TEST(TarArchive, MindsNoRepeatedDirectories) {
  const auto archive =
      archive_of(TarBuilder().directory("d").file("d/a", "x").directory("d").directory("./"));
  EXPECT_EQ(text_of(archive.body("d/a")), "x");
}

TEST(TarArchive, RefusesMembersWithoutBytes) {
  const auto archive = archive_of(
      TarBuilder().add({"fifo", '6'}).add({"char", '3'}).add({"block", '4'}).symlink("l", "fifo"));
  for (const char* path : {"fifo", "char", "block", "l"}) {
    EXPECT_EQ(refusal_of(archive, path), Errc::corrupt) << path;
  }
}

TEST(TarArchive, RefusesASparseMemberOnlyWhenItIsWanted) {
  for (const char* format : {"gnutar", "pax"}) {
    const std::string bytes = test::archive_by(
        std::string("truncate -s 100000 s; printf x >> s; printf y > f; tar -S --format=") +
        (format == std::string("gnutar") ? "gnu" : format) + " -cf - s f");
    const TarArchive archive(test::file_with(bytes));
    EXPECT_EQ(text_of(archive.body("f")), "y");
    const Error error = error_of([&] { static_cast<void>(archive.body("s")); });
    EXPECT_EQ(error.code(), Errc::corrupt) << format;
    EXPECT_THAT(error.hint(), testing::HasSubstr("--sparse"));
  }
}

TEST(TarArchive, RefusesADamagedArchiveAtOnce) {
  const std::string bytes = TarBuilder().file("a", "x").file("b", "y").bytes();
  EXPECT_EQ(error_of([&] { TarArchive(test::file_with(bytes.substr(0, 2000))); }).code(),
            Errc::corrupt);
}

TEST(TarArchive, NamesItsFilesInOrder) {
  const auto archive = archive_of(TarBuilder().file("./b", "1").directory("d").file("a/c", "2"));
  EXPECT_THAT(archive.paths(), testing::ElementsAre("a/c", "b"));
}

}  // namespace
}  // namespace ocimux
