#include "tar/reader.hpp"

#include "support/files.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using test::archive_by;
using test::member;
using test::members_of;
using test::TarBuilder;
using Kind = TarMember::Kind;

const std::string long_name = std::string(80, 'd') + "/" + std::string(90, 'f');
const std::string longer_name = std::string(200, 'd') + "/" + std::string(250, 'f');

class Formats : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(TarReader, Formats, testing::Values("ustar", "gnutar", "pax"));

TEST_P(Formats, GiveEveryKindOfMember) {
  TarBuilder builder(GetParam());
  builder.directory("./").directory("dir");
  builder.add({.path = "dir/file", .content = "hello", .mode = 04755, .uid = 7, .gid = 8});
  builder.hard_link("hard", "./dir/file").symlink("link", "../x/./y");
  builder.add({.path = "char", .type = '3', .major = 5, .minor = 1});
  builder.add({.path = "block", .type = '4', .major = 8, .minor = 300}).add({"fifo", '6'});
  const auto members = members_of(builder.bytes());
  ASSERT_EQ(members.size(), 8U);
  EXPECT_EQ(members[0].header.path, "");
  EXPECT_EQ(members[0].header.kind, Kind::directory);
  EXPECT_EQ(member(members, "dir").header.mode, 0755U);
  const auto& file = member(members, "dir/file");
  EXPECT_EQ(file.content, "hello");
  EXPECT_EQ(file.header.kind, Kind::regular);
  EXPECT_EQ(file.header.mode, 04755U);
  EXPECT_EQ(file.header.uid, 7);
  EXPECT_EQ(file.header.gid, 8);
  EXPECT_EQ(file.header.mtime, 1'700'000'000);
  EXPECT_EQ(member(members, "hard").header.kind, Kind::hard_link);
  EXPECT_EQ(member(members, "hard").header.link_target, "dir/file");
  EXPECT_EQ(member(members, "link").header.kind, Kind::symlink);
  EXPECT_EQ(member(members, "link").header.link_target, "../x/./y") << "verbatim";
  EXPECT_EQ(member(members, "char").header.kind, Kind::character);
  EXPECT_EQ(member(members, "char").header.device_major, 5);
  EXPECT_EQ(member(members, "block").header.kind, Kind::block);
  EXPECT_EQ(member(members, "block").header.device_minor, 300);
  EXPECT_EQ(member(members, "fifo").header.kind, Kind::fifo);
}

TEST_P(Formats, SayWhereHeadersAndContentLie) {
  TarBuilder builder(GetParam());
  builder.file("a", "first").file(long_name, std::string(1000, 'x')).file("c", "last");
  const std::string bytes = builder.bytes();
  std::int64_t end = 0;
  for (const auto& one : members_of(bytes)) {
    EXPECT_EQ(one.header.header_offset, end);
    EXPECT_EQ(bytes.substr(static_cast<std::size_t>(one.header.data_offset),
                           static_cast<std::size_t>(one.header.size)),
              one.content);
    end = one.header.data_offset + (one.header.size + 511) / 512 * 512;
  }
}

TEST_P(Formats, KeepLongNamesAndLinks) {
  TarBuilder builder(GetParam());
  builder.file(long_name, "x").file(std::string(100, 'n'), "y");
  const bool ustar = std::string(GetParam()) == "ustar";
  if (!ustar) builder.file(longer_name, "z").symlink("link", longer_name);
  const auto members = members_of(builder.bytes());
  EXPECT_EQ(member(members, long_name).content, "x");
  EXPECT_EQ(member(members, std::string(100, 'n')).content, "y");
  if (ustar) return;
  EXPECT_EQ(member(members, longer_name).content, "z");
  EXPECT_EQ(member(members, "link").header.link_target, longer_name);
}

// The tests run in the C locale, as a program without setlocale() does.
TEST(TarReader, KeepsNamesOfAnyBytes) {
  const std::string utf8 = "gr\xc3\xbc\xc3\x9f/\xe2\x82\xac" + std::string(120, 'x');
  const std::string latin1 = "gr\xfc\xdf" + std::string(120, 'x');
  for (const char* format : {"gnu", "pax", "ustar"}) {
    const bool ustar = format == std::string("ustar");  // which holds no such long names
    const std::string one = ustar ? utf8.substr(0, 40) : utf8;
    const std::string two = ustar ? latin1.substr(0, 40) : latin1;
    const auto members =
        members_of(archive_by("a='" + one + "'; b='" + two +
                              "'; mkdir \"${a%/*}\"; printf x > \"$a\"; printf y > \"$b\"; " +
                              "ln -s \"$a\" soft; ln \"$b\" hard; tar --format=" + format +
                              " -cf - \"$a\" \"$b\" soft hard"));
    ASSERT_EQ(members.size(), 4U) << format;
    EXPECT_EQ(members[0].header.path, one) << format;
    EXPECT_EQ(members[1].header.path, two) << format;
    EXPECT_EQ(members[2].header.link_target, one) << format;
    EXPECT_EQ(members[3].header.link_target, two) << format;
  }
}

TEST_P(Formats, OfNothingAreEmptyArchives) {
  EXPECT_TRUE(members_of(TarBuilder(GetParam()).bytes()).empty());
}

TEST(TarReader, ReadsXattrsAndFractionsOfSeconds) {
  TarBuilder builder("pax");
  const std::string value("\x01\0\n=\xff", 5);
  builder.add({.path = "a",
               .mtime = 5,
               .mtime_nanoseconds = 123'456'789,
               .xattrs = {{"security.capability", value}, {"user.empty", ""}}});
  const auto members = members_of(builder.bytes());
  EXPECT_EQ(members[0].header.mtime, 5);
  EXPECT_EQ(members[0].header.mtime_nanoseconds, 123'456'789);
  EXPECT_EQ(members[0].header.xattrs.at("security.capability"), value);
}

TEST(TarReader, ReadsHugeIdsAndNegativeTimes) {
  for (const char* format : {"gnu", "pax"}) {
    const auto members =
        members_of(archive_by(std::string("touch -d @-100 a; tar --owner=:4294967294 "
                                          "--group=:3000000 --format=") +
                              format + " -cf - a"));
    EXPECT_EQ(members[0].header.uid, 4'294'967'294) << format;
    EXPECT_EQ(members[0].header.gid, 3'000'000) << format;
    EXPECT_EQ(members[0].header.mtime, -100) << format;
  }
}

constexpr const char* tree_script =
    "mkdir -p root/dir; printf hello > root/dir/file; ln root/dir/file root/hard; "
    "ln -s dir/file root/link; mkfifo root/fifo; mkdir -p root/$LONG; printf deep > root/$LONG/f; ";

// As programs of the system write them: the root is `./`, names are long, order is any.
TEST(TarReader, ReadsWhatGnuTarAndBsdtarWrite) {
  const std::string path = std::string(120, 'a') + "/" + std::string(120, 'b');
  for (const char* program : {"tar --format=gnu", "tar --format=pax", "tar --format=oldgnu",
                              "bsdtar --format=pax", "bsdtar --format=gnutar"}) {
    const auto members = members_of(
        archive_by("LONG=" + path + "; " + tree_script + "cd root; " + program + " -cf - ."));
    EXPECT_EQ(member(members, "").header.kind, Kind::directory) << program;
    EXPECT_EQ(member(members, path + "/f").content, "deep") << program;
    const auto& file = member(members, "dir/file");
    const auto& hard = member(members, "hard");
    const bool file_first = file.header.kind == Kind::regular;
    EXPECT_EQ((file_first ? file : hard).content, "hello") << program;
    EXPECT_EQ((file_first ? hard : file).header.kind, Kind::hard_link) << program;
    EXPECT_EQ(member(members, "link").header.link_target, "dir/file") << program;
    EXPECT_EQ(member(members, "fifo").header.kind, Kind::fifo) << program;
  }
}

TEST(TarReader, ReadsWhatPythonWrites) {
  for (const char* format : {"USTAR", "GNU", "PAX"}) {
    const auto members = members_of(
        archive_by("mkdir a; printf x > a/\xc3\xbc; python3 -c 'import sys,tarfile; "
                   "t = tarfile.open(fileobj=sys.stdout.buffer, mode=\"w|\", format=tarfile." +
                   std::string(format) + "_FORMAT); t.add(\"a\"); t.close()'"));
    EXPECT_EQ(member(members, "a/\xc3\xbc").content, "x") << format;
  }
}

TEST(TarReader, PassesOverGlobalPaxHeaders) {
  const auto members = members_of(archive_by(
      "printf x > f; tar --format=pax --pax-option=globexthdr.name=g,comment=hello -cf - f"));
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].header.path, "f");
  EXPECT_EQ(members[0].content, "x");
}

TEST(TarReader, ExpandsSparseMembers) {
  const std::string script =
      "truncate -s 1000000 f; printf end >> f; printf middle | dd of=f bs=1 seek=500000 "
      "conv=notrunc status=none; tar -S ";
  for (const char* format :
       {"--format=gnu", "--format=pax --sparse-version=0.0", "--format=pax --sparse-version=0.1",
        "--format=pax --sparse-version=1.0"}) {
    const auto members = members_of(archive_by(script + format + " -cf - f"));
    ASSERT_EQ(members.size(), 1U) << format;
    EXPECT_TRUE(members[0].header.sparse) << format;
    EXPECT_EQ(members[0].header.path, "f") << format;
    std::string expected(1'000'003, '\0');
    expected.replace(500'000, 6, "middle").replace(1'000'000, 3, "end");
    EXPECT_TRUE(members[0].content == expected) << format;
    EXPECT_EQ(members[0].header.size, 1'000'003) << format;
  }
}

TEST(TarReader, ExpandsAMemberThatIsAllHole) {
  for (const char* format : {"--format=gnu", "--format=pax"}) {
    const auto members = members_of(archive_by(
        std::string("truncate -s 300000 f; printf x > g; tar -S ") + format + " -cf - f g"));
    ASSERT_EQ(members.size(), 2U) << format;
    EXPECT_TRUE(members[0].header.sparse) << format;
    EXPECT_TRUE(members[0].content == std::string(300'000, '\0')) << format;
    EXPECT_EQ(members[1].content, "x") << format;
    EXPECT_FALSE(members[1].header.sparse) << format;
  }
}

TEST(TarReader, SkipsContentThatNobodyReads) {
  TarReader reader(test::file_with(
      TarBuilder().file("a", test::random_bytes(100'000, 1)).file("b", "x").bytes()));
  EXPECT_EQ(reader.next()->path, "a");
  EXPECT_EQ(reader.next()->path, "b");
  EXPECT_FALSE(reader.next());
}

TEST(TarReader, DoesNotFinishTheSinkAndLetsItFail) {
  TarReader reader(test::file_with(TarBuilder().file("a", "12345").bytes()));
  reader.next();
  test::FailingSink sink(4);
  EXPECT_THROW(reader.content(sink), test::Full);
  TarReader again(test::file_with(TarBuilder().file("a", "12345").bytes()));
  again.next();
  test::KeepingSink keeping;
  again.content(keeping);
  EXPECT_EQ(keeping.text, "12345");
  EXPECT_EQ(keeping.finished, 0);
}

TEST(LooksLikeTar, AsksTheMagic) {
  for (const char* format : {"ustar", "gnutar", "pax"}) {
    EXPECT_TRUE(looks_like_tar(*test::file_with(TarBuilder(format).file("a", "x").bytes())));
  }
  EXPECT_FALSE(looks_like_tar(*test::file_with("")));
  EXPECT_FALSE(looks_like_tar(*test::file_with(std::string(5000, 'x'))));
  EXPECT_FALSE(looks_like_tar(*test::file_with(TarBuilder().file("a", "").bytes().substr(0, 511))));
}

}  // namespace
}  // namespace ocimux
