#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "support/files.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"

namespace ocimux {
namespace {

using test::layer_of;
using test::refusal;
using test::TarBuilder;
using testing::ElementsAre;
using testing::StartsWith;

// One line a member, as libarchive reads it: `name -> link mode mtime.ns`.
std::vector<std::string> members(const std::string& bytes) {
  std::vector<std::string> lines;
  const std::unique_ptr<archive, decltype(&archive_read_free)> a(archive_read_new(),
                                                                 archive_read_free);
  archive_read_support_format_tar(a.get());
  archive_read_open_memory(a.get(), bytes.data(), bytes.size());
  archive_entry* entry = nullptr;
  while (archive_read_next_header(a.get(), &entry) == ARCHIVE_OK) {
    std::string line = archive_entry_pathname(entry);
    if (const char* link = archive_entry_symlink(entry)) line += std::string(" -> ") + link;
    if (const char* link = archive_entry_hardlink(entry)) line += std::string(" => ") + link;
    line += " " + std::to_string(archive_entry_mtime(entry));
    if (archive_entry_mtime_nsec(entry) != 0) {
      line += "." + std::to_string(archive_entry_mtime_nsec(entry));
    }
    lines.push_back(line);
  }
  return lines;
}

class RootfsLayer : public testing::Test {
 protected:
  Image image(const TarBuilder& tar) {
    return test::read(tar.write(directory_ / "a")).images.at(0);
  }
  std::vector<std::string> clamped(const TarBuilder& tar, std::int64_t latest) {
    return members(layer_of(image(tar), latest));
  }

  test::TemporaryDirectory directory_;
};

TarBuilder::Entry at(const std::string& path, std::int64_t mtime, long nanoseconds = 0) {
  return {.path = path, .content = path, .mtime = mtime, .mtime_nanoseconds = nanoseconds};
}

TEST_F(RootfsLayer, ClampsTimesThatAreTooLate) {
  const TarBuilder tar = TarBuilder().add(at("old", 100)).add(at("new", 300)).add(at("at", 200));
  EXPECT_THAT(clamped(tar, 200), ElementsAre("old 100", "new 200", "at 200"));
}

TEST_F(RootfsLayer, ClampsFractionsOfTheLastSecond) {
  EXPECT_THAT(clamped(TarBuilder().add(at("a", 200, 1)).add(at("b", 199, 7)), 200),
              ElementsAre("a 200", "b 199.7"));
}

// BuildKit sets every time to SOURCE_DATE_EPOCH; there is nothing to rewrite then.
TEST_F(RootfsLayer, IsTheTarAsItIsWhereNoTimeIsTooLate) {
  const TarBuilder tar = TarBuilder("gnutar").add(at("a", 200)).add(at("b", 100));
  for (const std::int64_t latest : {200, 201, 1'000'000}) {
    EXPECT_EQ(layer_of(image(tar), latest), tar.bytes()) << latest;
  }
  EXPECT_NE(layer_of(image(tar), 199), tar.bytes());
}

TEST_F(RootfsLayer, ClampingKeepsContentAndOrder) {
  const TarBuilder tar = TarBuilder()
                             .directory("d")
                             .add(at("d/b", 300))
                             .add(at("d/a", 300))
                             .hard_link("d/c", "d/a")
                             .symlink("e", "/d/a");
  const std::string layer = layer_of(image(tar), 5);
  EXPECT_THAT(members(layer), ElementsAre("d/ 5", "d/b 5", "d/a 5", "d/c => d/a 5", "e -> /d/a 5"));
  EXPECT_EQ(test::files_in_tar(layer), test::files_in_tar(tar.bytes()));
}

// fsutil's SubDirFS, which BuildKit puts platforms below directories with, rewrites absolute
// symbolic links and hard links.
TEST_F(RootfsLayer, UndoesWhatBuildKitDidToLinks) {
  const Image split = image(TarBuilder()
                                .directory("linux_amd64")
                                .add(at("linux_amd64/app", 1))
                                .hard_link("linux_amd64/hard", "linux_amd64/app")
                                .symlink("linux_amd64/absolute", "/linux_amd64/usr/bin/x")
                                .symlink("linux_amd64/root", "/linux_amd64")
                                .symlink("linux_amd64/relative", "linux_amd64/x")
                                .symlink("linux_amd64/up", "../linux_amd64/x")
                                .symlink("linux_amd64/like", "/linux_amd64x/y"));
  constexpr const char* time = " 1700000000";
  EXPECT_THAT(members(layer_of(split)), ElementsAre("app 1", std::string("hard => app") + time,
                                                    std::string("absolute -> /usr/bin/x") + time,
                                                    std::string("root -> /") + time,
                                                    std::string("relative -> linux_amd64/x") + time,
                                                    std::string("up -> ../linux_amd64/x") + time,
                                                    std::string("like -> /linux_amd64x/y") + time));
}

TEST_F(RootfsLayer, OfOnePlatformHasNothingOfTheOthers) {
  const Input input = test::read(TarBuilder()
                                     .directory("linux_arm64")
                                     .add(at("linux_arm64/a", 1))
                                     .directory("linux_arm_v6")
                                     .add(at("linux_arm_v6/b", 2))
                                     .directory("linux_arm")
                                     .add(at("linux_arm/c", 3))
                                     .write(directory_ / "a"));
  ASSERT_EQ(input.images.size(), 3U);
  EXPECT_THAT(members(layer_of(input.images[0])), ElementsAre("c 3"));
  EXPECT_THAT(members(layer_of(input.images[1])), ElementsAre("a 1"));
  EXPECT_THAT(members(layer_of(input.images[2])), ElementsAre("b 2"));
}

TEST_F(RootfsLayer, IsTheSameBytesEveryTime) {
  const TarBuilder tar = TarBuilder().add(
      {.path = "a", .content = "x", .mtime = 300, .xattrs = {{"user.b", "1"}, {"user.a", "2"}}});
  EXPECT_EQ(layer_of(image(tar), 5), layer_of(image(tar), 5));
}

TEST_F(RootfsLayer, StopsWhenAsked) {
  std::stop_source stop;
  stop.request_stop();
  const Image whole = image(TarBuilder().add(at("a", 300)));
  for (const std::optional<std::int64_t> latest : {std::optional<std::int64_t>(), {5}}) {
    NullSink sink;
    EXPECT_THAT(refusal([&] {
                  write_layer(std::get<RootfsImage>(whole.content), latest, sink, stop.get_token());
                  return 0;
                }),
                StartsWith("cancelled: "));
  }
}

}  // namespace
}  // namespace ocimux
