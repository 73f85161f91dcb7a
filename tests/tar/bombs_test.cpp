// Archives that claim, or unpack to, more than anybody could keep. (What "bounded" is, is counted:
// bytes that were read, or an error that names the limit.)

#include "tar/archive.hpp"
#include "tar/reader.hpp"

#include "io/memory.hpp"
#include "support/raw_tar.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace ocimux {
namespace {

using test::error_of;
using test::KeepingSink;
using test::padded;
using test::raw_header;
using test::TarBuilder;
using testing::AllOf;
using testing::HasSubstr;

constexpr std::size_t block = 512;

/// A stream that never ends: @p begin, and then @p again and again. Counts what it gave.
class Endless final : public Source {
 public:
  Endless(std::string begin, std::string again, std::int64_t& given)
      : rest_(std::move(begin)), again_(std::move(again)), given_(given) {}

  std::size_t read(std::span<std::byte> into) override {
    if (rest_.empty()) rest_ = again_;
    const std::size_t count = std::min(into.size(), rest_.size());
    std::copy_n(as_bytes(rest_).begin(), count, into.begin());
    rest_.erase(0, count);
    given_ += static_cast<std::int64_t>(count);
    return count;
  }

 private:
  std::string rest_;
  std::string again_;
  std::int64_t& given_;
};

Error refusal_of_stream(std::string begin, std::string again, std::int64_t& given) {
  return error_of([&] {
    TarReader reader(std::make_unique<Endless>(std::move(begin), std::move(again), given));
    while (reader.next()) continue;
  });
}

// libarchive would keep such a map however long it is.
TEST(TarBomb, OldSparseMapEndsAfterFourMebibytes) {
  std::string first = raw_header("sparse", 'S', 0);
  test::set_field(first, 0, 386, "00000010000");  // one piece, so that the map is no empty one
  test::set_field(first, 0, 398, "00000000001");
  test::set_field(first, 0, 482, std::string(1, '\1'));  // the map goes on in another block
  std::string more(block, '\0');
  for (std::size_t at = 0; at < 504; at += 24) {
    more.replace(at, 11, "00000020000");
    more.replace(at + 12, 11, "00000000001");
  }
  more[504] = '\1';
  std::string many;
  for (int i = 0; i < 128; ++i) many += more;
  std::int64_t given = 0;
  const Error error = refusal_of_stream(first, many, given);
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("at most 4 MiB of headers of one member"));
  EXPECT_LT(given, 5 << 20);
}

TEST(TarBomb, ExtensionHeadersInARowEnd) {
  for (const char type : {'x', 'g', 'L', 'K'}) {
    std::string record = "30 comment=" + std::string(18, 'c') + "\n";
    std::string one = raw_header("pax", type, record.size()) + padded(record);
    std::int64_t given = 0;
    const Error error = refusal_of_stream(one, one + one, given);
    EXPECT_EQ(error.code(), Errc::corrupt) << type;
    EXPECT_LT(given, 5 << 20) << type;
  }
}

TEST(TarBomb, LargePaxBodiesEnd) {
  for (const std::size_t size : {std::size_t{2} << 20, std::size_t{1} << 33}) {
    std::int64_t given = 0;
    const Error error = refusal_of_stream(raw_header("pax", 'x', size),
                                          "99999999 comment=" + std::string(100'000, 'c'), given);
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_LT(given, 5 << 20);
  }
}

TEST(TarBomb, NamesAreAsLongAsPathsMayBe) {
  const auto with_name = [](std::size_t size) {
    return TarBuilder("gnutar").file(std::string(size, 'n'), "").bytes();
  };
  EXPECT_EQ(test::members_of(with_name(4096)).at(0).header.path.size(), 4096U);
  const Error error = error_of([&] { test::members_of(with_name(4097)); });
  EXPECT_EQ(error.code(), Errc::unsupported);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("names of at most 4096 bytes, found one of 4097")));
  EXPECT_LT(std::string(error.what()).size(), 300U);
  const std::string link = TarBuilder("gnutar").symlink("l", std::string(4097, 't')).bytes();
  EXPECT_EQ(error_of([&] { test::members_of(link); }).code(), Errc::unsupported);
}

// A member of @p size bytes that has only holes.
std::string hole(const std::string& size) {
  std::string bytes = raw_header("hole", 'S', 0);
  test::set_field(bytes, 0, 386, size);
  test::set_field(bytes, 0, 398, "00000000000");
  test::set_field(bytes, 0, 483, size);
  return bytes;
}

TEST(TarBomb, HolesHaveALimitTogether) {
  const std::string half = "400000000000";  // 32 GiB in octal
  EXPECT_EQ(test::members_of(hole("00000002000") + std::string(1024, '\0')).at(0).content.size(),
            1024U);
  const auto count = [](const std::string& bytes) {
    TarReader reader(test::file_with(bytes + std::string(1024, '\0')));
    int members = 0;
    while (reader.next()) ++members;
    return members;
  };
  EXPECT_EQ(count(hole(half) + hole(half)), 2);
  const Error error = error_of([&] { count(hole(half) + hole(half) + hole(half)); });
  EXPECT_EQ(error.code(), Errc::unsupported);
  EXPECT_THAT(error.what(), HasSubstr("at most 64 GiB in all sparse members together"));
}

// Some kilobytes of zstd are enough for an archive with more names than memory holds.
TEST(TarBomb, NamesInAnArchiveOfImagesTakeLittleMemory) {
  TarBuilder tar("ustar");
  for (int i = 0; i < 5000; ++i) tar.file("file-" + std::to_string(i), "");
  const auto file = test::file_with(tar.bytes());
  EXPECT_NO_THROW(TarArchive(file, 2 << 20));
  const Error error = error_of([&] { const TarArchive archive(file, 512 << 10); });
  EXPECT_EQ(error.code(), Errc::unsupported);
  EXPECT_THAT(error.what(), HasSubstr("members whose names take at most 0 MiB"));
}

}  // namespace
}  // namespace ocimux
