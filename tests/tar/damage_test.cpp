// Archives that are cut, damaged or made to mislead.

#include "tar/reader.hpp"

#include "support/files.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using test::error_of;
using test::members_of;
using test::set_field;
using test::TarBuilder;
using testing::HasSubstr;

constexpr std::size_t size_field = 124;
constexpr std::size_t type_field = 156;

Error refusal_of(const std::string& bytes) {
  return error_of([&] { members_of(bytes); });
}

std::string one_file(const std::string& content = "hello") {
  return TarBuilder("ustar").file("a", content).bytes();
}

// The whole of @p value as GNU tar's base-256 number of 12 bytes.
std::string base256(std::uint64_t value) {
  std::string field(12, '\0');
  field[0] = '\x80';
  for (std::size_t i = 11; i > 3; --i, value >>= 8U) field[i] = static_cast<char>(value & 255U);
  return field;
}

TEST(TarReader, RefusesAnArchiveThatIsCutAtAnyByte) {
  for (const char* format : {"ustar", "gnutar", "pax"}) {
    TarBuilder builder(format);
    builder.directory("dir").file("dir/file", "hello");
    if (format != std::string("ustar")) builder.file(std::string(150, 'n'), "long name");
    builder.file("last", std::string(512, 'x'));
    const std::string bytes = builder.bytes();
    ASSERT_EQ(bytes.size() % 512, 0U);
    ASSERT_NO_THROW(members_of(bytes));
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_EQ(refusal_of(bytes.substr(0, length)).code(), Errc::corrupt)
          << format << " cut at " << length << " of " << bytes.size();
    }
  }
}

// libarchive says nothing of a map that does not fit the size, and goes by it: the content would be
// one thing to who reads by position and another to who reads the stream.
TEST(TarReader, RefusesAMapOfHolesThatDoesNotFitTheSize) {
  std::string bytes = one_file("abc");
  set_field(bytes, 0, type_field, "S");
  set_field(bytes, 0, 257, std::string("ustar  \0", 8));
  set_field(bytes, 0, 386, "00000010000");
  set_field(bytes, 0, 398, "00000000003");
  set_field(bytes, 0, 483, "00000000003");
  const Error error = refusal_of(bytes);
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("3 bytes of content, found a sparse one of another size"));
  TarReader reader(test::file_with(bytes));
  EXPECT_TRUE(reader.next()->sparse) << "so that nobody reads it by position";
}

// libarchive goes by such a map and by such a size in a header of any type, GNU tar and engines do
// not: to them, the content is the bytes that stand there.
TEST(TarReader, RefusesHolesInAHeaderOfAnotherType) {
  for (const std::size_t field : {std::size_t{386}, std::size_t{483}}) {
    std::string bytes = one_file("abc");
    set_field(bytes, 0, 257, std::string("ustar  \0", 8));
    ASSERT_EQ(members_of(bytes).size(), 1U);
    set_field(bytes, 0, field, "00000000644");
    const Error error = refusal_of(bytes);
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_THAT(error.what(),
                HasSubstr("of type 'S' alone, found such a one in a header of type '0'"));
  }
}

TEST(TarReader, RefusesTheTypeOfHolesWithoutAMapOrSize) {
  std::string bytes = one_file("abc");
  set_field(bytes, 0, type_field, "S");
  const auto is_refused = [&](const std::string& found) {
    const Error error = refusal_of(bytes);
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_THAT(error.what(), HasSubstr("in a header of type 'S', found " + found));
  };
  is_refused("no map");
  set_field(bytes, 0, 257, std::string("ustar  \0", 8));
  is_refused("no map");
  set_field(bytes, 0, 386, "00000000000");
  is_refused("only the map");
  set_field(bytes, 0, 398, "00000000003");
  set_field(bytes, 0, 483, "00000000003");
  EXPECT_EQ(members_of(bytes).at(0).content, "abc");
}

// Go's archive/tar takes text there for a prefix, libarchive for nothing: a name that climbs, or a
// whiteout of something else.
TEST(TarReader, RefusesAPrefixInAHeaderThatHasNone) {
  const std::string gnu("ustar  \0", 8);
  const auto error_with = [&](const std::string& magic, std::size_t offset,
                              const std::string& value) {
    std::string bytes = one_file("abc");
    set_field(bytes, 0, 257, magic);
    set_field(bytes, 0, offset, value);
    return std::string(test::refusal([&] { members_of(bytes); }));
  };
  for (const std::string text : {"../../etc", "bin", "0000000000x", "8"}) {
    for (const std::size_t field : {std::size_t{345}, std::size_t{357}}) {
      EXPECT_THAT(error_with(gnu, field, text), HasSubstr("times in a header of GNU tar's format"))
          << text;
    }
  }
  EXPECT_THAT(error_with(gnu, 345, std::string("\x80\x01\0\0\0\0\0\0\0\0\0\0", 12)),
              HasSubstr("times in a header of GNU tar's format"));
  EXPECT_THAT(error_with("ustar 00", 345, "etc"), HasSubstr("a prefix of the name"));
  for (const std::string& time :
       {std::string("14524770400"), std::string(" 14524770400"), std::string("14524770400 "),
        std::string(12, '\xff'), base256(1'700'000'000)}) {
    EXPECT_EQ(error_with(gnu, 345, time), "") << time;
  }
  EXPECT_EQ(error_with(std::string("ustar\00000", 8), 345, "etc"), "");
  EXPECT_EQ(error_with(std::string("ustar\0 \0", 8), 345, "etc"), "");
}

TEST(TarReader, RefusesAPrefixBehindTheEndOfStars) {
  std::string bytes = one_file("abc");
  set_field(bytes, 0, 508, std::string("tar\0", 4));
  set_field(bytes, 0, 345, std::string(131, 'p'));
  EXPECT_EQ(members_of(bytes).size(), 1U);
  set_field(bytes, 0, 345, std::string(132, 'p'));
  EXPECT_THAT(refusal_of(bytes).what(),
              HasSubstr("at most 131 bytes of prefix in a header of star's format"));
}

TEST(TarReader, GivesTimesThatCanBeWrittenAgain) {
  std::string bytes = one_file();
  set_field(bytes, 0, 136, std::string("\xff\xff\xff\xff\x80\0\0\0\0\0\0\0", 12));
  const auto members = members_of(bytes);
  EXPECT_EQ(members.at(0).header.mtime, -INT64_MAX + 1);
  EXPECT_EQ(members_of(test::written(members)).at(0).header.mtime, -INT64_MAX + 1);
}

// Written anew, they would be others.
TEST(TarReader, RefusesDeviceNumbersThatNoHeaderHolds) {
  const std::string bytes = TarBuilder("ustar").add({.path = "dev", .type = '4'}).bytes();
  for (const std::size_t field : {std::size_t{329}, std::size_t{337}}) {
    std::string device = bytes;
    set_field(device, 0, field, "7777777");
    EXPECT_EQ(members_of(device).size(), 1U);
    for (const std::string& number :
         {std::string(8, '\xff'), std::string("\x80\0\0\0\0\x20\0\0", 8)}) {
      set_field(device, 0, field, number);
      const Error error = refusal_of(device);
      EXPECT_EQ(error.code(), Errc::corrupt);
      EXPECT_THAT(error.what(), HasSubstr("expected device numbers from 0 to 2097151, found"));
    }
  }
}

TEST(TarReader, TakesNoMoreOfAModeThanPermissions) {
  std::string bytes = one_file();
  set_field(bytes, 0, 100, "77777755");
  EXPECT_EQ(members_of(bytes).at(0).header.mode, 07755U);
}

// Written anew, a file of that name would become a directory with content.
TEST(TarReader, RefusesARootThatIsNoDirectory) {
  EXPECT_EQ(members_of(TarBuilder("ustar").directory("./").bytes()).size(), 1U);
  for (const std::string& bytes : {TarBuilder("ustar").file(".", "hello").bytes(),
                                   TarBuilder("ustar").symlink("./.", "elsewhere").bytes(),
                                   TarBuilder("ustar").file("a", "").hard_link(".", "a").bytes()}) {
    const Error error = refusal_of(bytes);
    EXPECT_EQ(error.code(), Errc::corrupt);
    EXPECT_THAT(error.what(), HasSubstr("expected a directory as the root"));
  }
}

// A walk over the headers alone must see it, too: content is checked before it is read.
TEST(TarReader, RefusesCutContentWithoutReadingIt) {
  const std::string bytes = TarBuilder("ustar").file("a", std::string(5000, 'x')).bytes();
  for (const std::size_t length : {512U, 513U, 3000U, 5511U}) {
    TarReader reader(test::file_with(bytes.substr(0, length)));
    const Error error = error_of([&] { reader.next(); });
    EXPECT_EQ(error.code(), Errc::corrupt) << length;
    EXPECT_THAT(error.what(), HasSubstr("'a': expected 5000 bytes at offset 512"));
    EXPECT_FALSE(error.hint().empty());
  }
}

TEST(TarReader, RefusesACutSparseMember) {
  const std::string bytes = test::archive_by(
      "truncate -s 100000 f; printf %5000s x >> f; tar -S --format=pax -b 1 -cf - f");
  for (std::size_t length = 0; length < bytes.size(); length += 97) {
    EXPECT_EQ(refusal_of(bytes.substr(0, length)).code(), Errc::corrupt) << length;
  }
}

TEST(TarReader, RefusesADamagedHeader) {
  const std::string bytes = TarBuilder("ustar").file("a", "x").file("b", "y").bytes();
  for (std::size_t i = 0; i < 512; ++i) {
    std::string damaged = bytes;
    damaged[1024 + i] = static_cast<char>(damaged[1024 + i] ^ 0x10);
    if (i >= 148 && i < 156) continue;  // the checksum's own spaces may look different
    EXPECT_EQ(refusal_of(damaged).code(), Errc::corrupt) << "byte " << i;
  }
}

TEST(TarReader, RefusesNamesThatLeaveTheArchive) {
  for (const char* format : {"ustar", "gnutar", "pax"}) {
    for (const char* name : {"/etc/passwd", "../x", "a/../../x", "a/..", "//x"}) {
      const Error error = refusal_of(TarBuilder(format).file(name, "x").bytes());
      EXPECT_EQ(error.code(), Errc::corrupt) << format << " " << name;
      EXPECT_THAT(error.what(), HasSubstr(name));
      const auto linked = TarBuilder(format).file("a", "x").hard_link("b", name).bytes();
      EXPECT_EQ(refusal_of(linked).code(), Errc::corrupt) << format << " hard link to " << name;
    }
  }
}

TEST(TarReader, LeavesTargetsOfSymlinksAlone) {
  const auto members =
      members_of(TarBuilder().symlink("a", "/etc/passwd").symlink("b", "../../x").bytes());
  EXPECT_EQ(members[0].header.link_target, "/etc/passwd");
  EXPECT_EQ(members[1].header.link_target, "../../x");
}

TEST(TarReader, RefusesSizesBeyondTheArchive) {
  for (const std::uint64_t size :
       {std::uint64_t{6}, std::uint64_t{1} << 33U, std::uint64_t{1} << 40U,
        std::uint64_t{INT64_MAX} - 512, std::uint64_t{INT64_MAX} - 1, std::uint64_t{INT64_MAX},
        std::uint64_t{1} << 63U, UINT64_MAX}) {
    std::string bytes = one_file().substr(0, 512 + 5);
    set_field(bytes, 0, size_field, base256(size));
    EXPECT_EQ(refusal_of(bytes).code(), Errc::corrupt) << size;
  }
}

TEST(TarReader, RefusesSizesOfPaxRecordsBeyondTheArchive) {
  for (const char* size : {"9223372036854775807", "9223372036854775806", "8589934592", "-1",
                           "99999999999999999999999"}) {
    std::string record = std::string(" size=") + size + "\n";
    record = std::to_string(record.size() + 2) + record;
    std::string bytes = TarBuilder("ustar").file("pax", record).file("a", "hello").bytes();
    set_field(bytes, 0, type_field, "x");
    EXPECT_EQ(refusal_of(bytes).code(), Errc::corrupt) << size;
  }
}

// What one program skips as content, another reads as the next header.
TEST(TarReader, RefusesContentOfWhatIsNoFile) {
  const std::string hidden = TarBuilder("ustar").file("hidden", "").bytes().substr(0, 512);
  for (const char type : {'2', '3', '4', '5', '6'}) {
    std::string bytes = one_file(hidden);
    set_field(bytes, 0, type_field, std::string(1, type));
    EXPECT_EQ(refusal_of(bytes).code(), Errc::corrupt) << type;
  }
}

TEST(TarReader, RefusesContentAfterTheEnd) {
  const std::string bytes = one_file();
  for (const std::size_t zeros : {0U, 1U, 512U, 5000U}) {
    const Error error = refusal_of(bytes + std::string(zeros, '\0') + "x");
    EXPECT_EQ(error.code(), Errc::corrupt) << zeros;
    EXPECT_THAT(error.what(), HasSubstr("after the last member (offset 1024)"));
  }
}

TEST(TarReader, RefusesArchivesThatWereJoined) {
  const Error error = refusal_of(one_file() + one_file());
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.hint(), HasSubstr("joined"));
}

TEST(TarReader, RefusesASingleBlockOfZerosInTheMiddle) {
  const std::string file = one_file().substr(0, 1024);
  const std::string end(1024, '\0');
  EXPECT_EQ(refusal_of(file + std::string(512, '\0') + file + end).code(), Errc::corrupt);
}

TEST(TarReader, TakesThePaddingOfARecordButNotMore) {
  const std::string bytes = one_file();  // ends 2048
  constexpr std::size_t limit = std::size_t{4} << 20U;
  for (const std::size_t more : {std::size_t{1}, std::size_t{8192}, limit - 1024}) {
    EXPECT_EQ(members_of(bytes + std::string(more, '\0')).size(), 1U) << more;
  }
  EXPECT_EQ(refusal_of(bytes + std::string(limit - 1023, '\0')).code(), Errc::corrupt);
}

TEST(TarReader, RefusesWhatIsNoArchive) {
  for (const std::string& bytes : {std::string(), std::string("x"), std::string(511, '\0'),
                                   std::string(10'000, 'x'), test::random_bytes(10'000, 2)}) {
    EXPECT_EQ(refusal_of(bytes).code(), Errc::corrupt) << bytes.size();
  }
}

TEST(TarReader, RefusesExtensionHeadersWithoutAMember) {
  for (const char* format : {"gnutar", "pax"}) {
    const std::string whole = TarBuilder(format).file(std::string(150, 'n'), "").bytes();
    const std::string extension = whole.substr(0, 1024);
    EXPECT_EQ(refusal_of(extension).code(), Errc::corrupt) << format;
    EXPECT_EQ(refusal_of(extension + std::string(1024, '\0')).code(), Errc::corrupt) << format;
  }
}

// Pax bodies are read into memory: one that says it is large must not be believed.
TEST(TarReader, RefusesAHugePaxBody) {
  std::string bytes = one_file();
  set_field(bytes, 0, type_field, "x");
  set_field(bytes, 0, size_field, base256(std::uint64_t{1} << 40U));
  EXPECT_EQ(refusal_of(bytes).code(), Errc::corrupt);
}

TEST(TarReader, SaysWhereTheDamageIs) {
  std::string bytes = TarBuilder("ustar").file("a", "x").file("b", "y").bytes();
  bytes[1024] = 'c';
  EXPECT_THAT(refusal_of(bytes).what(), HasSubstr("offset 1024"));
}

}  // namespace
}  // namespace ocimux
