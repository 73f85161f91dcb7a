// Headers that libarchive and Go's archive/tar, and so engines, read as something else: what Go
// makes of each was tried (tests/e2e/tar_like_go.sh).

#include "support/raw_tar.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"
#include "tar/header_fields.hpp"
#include "tar/reader.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using test::end_of_tar;
using test::long_name;
using test::members_of;
using test::pax_header;
using test::raw_file;
using test::raw_header;
using test::set_field;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

using Records = std::vector<std::pair<std::string, std::string>>;

std::string refusal_of(const std::string& members) {
  return test::refusal([&] { members_of(members + end_of_tar()); });
}

TEST(TarHeaders, RefusesTwoLongNames) {
  const auto refused = AllOf(HasSubstr("expected one long name of a member or of what it links to"),
                             HasSubstr("one in a pax header and one of GNU tar's"));
  const std::string path = pax_header({{"path", "harmless"}});
  const std::string target = pax_header({{"linkpath", "harmless"}});
  std::string link = raw_header("l", '2', 0);
  set_field(link, 0, 157, "x");
  EXPECT_THAT(refusal_of(path + long_name("../../evil") + raw_file("x", "abc")), refused);
  EXPECT_THAT(refusal_of(long_name("other") + path + raw_file("x", "abc")), refused);
  EXPECT_THAT(refusal_of(target + long_name("/etc/shadow", 'K') + link), refused);
  EXPECT_THAT(refusal_of(long_name("/etc/shadow", 'K') + target + link), refused);
  EXPECT_EQ(refusal_of(path + long_name("/etc/shadow", 'K') + link), "");
  EXPECT_EQ(refusal_of(pax_header({{"mtime", "5"}}) + long_name("name") + raw_file("x", "abc")),
            "");
}

TEST(TarHeaders, RefusesRecordsOfHolesThatAreNoWholeForm) {
  for (const Records& records :
       {Records{{"GNU.sparse.name", "harmless"}}, Records{{"GNU.sparse.size", "6"}},
        Records{{"GNU.sparse.realsize", "6"}}, Records{{"GNU.sparse.map", "0,3"}},
        Records{{"GNU.sparse.offset", "3"}, {"GNU.sparse.numbytes", "3"}},
        Records{{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.name", "n"}},
        Records{{"GNU.sparse.major", "1"},
                {"GNU.sparse.minor", "0"},
                {"GNU.sparse.realsize", "6"},
                {"SCHILY.realsize", "7"}},
        Records{{"GNU.sparse.size", "6"},
                {"GNU.sparse.map", "0,3"},
                {"GNU.sparse.offset", "0"},
                {"GNU.sparse.numbytes", "3"}},
        Records{{"SCHILY.realsize", "100"}}, Records{{"SUN.holesdata", " 0 1 2"}}}) {
    const std::string map = test::padded("1\n0\n3\n");  // as in format 1.0
    EXPECT_THAT(refusal_of(pax_header(records) + raw_file("x", map + "abc")),
                HasSubstr("expected the records of holes of one of GNU tar's formats"))
        << records.front().first;
  }
}

TEST(TarHeaders, RefusesRecordsThatGoDoesNotTake) {
  const auto refused = [](const std::string& key, const std::string& value) {
    return refusal_of(pax_header({{key, value}}) + raw_file("x", "abc"));
  };
  EXPECT_THAT(refused("path", std::string("ok\0/../evil", 11)),
              HasSubstr("expected names without NUL in a pax header, found one in 'path'"));
  for (const std::string value : {"xx", "1.5x", "1,5", ".5", "--1", "+-1", " 1", "+7"}) {
    EXPECT_THAT(refused("mtime", value),
                HasSubstr("expected a time as 'mtime' in a pax header, found '" + value + "'"));
  }
  EXPECT_THAT(refused("uid", "0x10"), HasSubstr("expected a number as 'uid' in a pax header"));
  for (const std::string value : {"1", "-1.5", "1.", "1.123456789123"}) {
    EXPECT_EQ(refused("mtime", value), "") << value;
  }
  EXPECT_THAT(refused("mtime", ""), HasSubstr("a time as 'mtime' in a pax header, found ''"))
      << "0 to libarchive";
}

TEST(TarHeaders, RefusesNulAlsoInRecordsThatOthersFollow) {
  const std::string file = raw_file("x", "abc");
  const std::string nul("a\0b", 3);
  EXPECT_THAT(refusal_of(pax_header({{"path", nul}, {"path", "b"}}) + file),
              HasSubstr("names without NUL"));
  EXPECT_THAT(refusal_of(pax_header({{"uname", nul}}, 'g') + file), HasSubstr("names without NUL"));
}

// To Go the extension headers before it are of no member, to libarchive they are of the next.
TEST(TarHeaders, RefusesAGlobalHeaderBehindAnother) {
  const std::string global = pax_header({{"comment", "c"}}, 'g');
  const std::string path = pax_header({{"path", "harmless"}});
  const std::string file = raw_file("x", "abc");
  for (const std::string& before : {path, long_name("harmless"), long_name("y", 'K')}) {
    EXPECT_THAT(refusal_of(before + global + file),
                HasSubstr("expected global pax headers before all other headers of a member"));
    EXPECT_EQ(refusal_of(global + before + file), "");
  }
  EXPECT_EQ(refusal_of(global + global + file), "");
  EXPECT_THAT(refusal_of(pax_header({{"GNU.sparse.size", "3"}}, 'g') + file),
              HasSubstr("no records of holes in a global pax header"));
}

TEST(TarHeaders, RefusesLongNamesWithoutText) {
  for (const char type : {'L', 'K'}) {
    for (const std::string& name : {raw_header("x", type, 0), long_name("", type)}) {
      EXPECT_THAT(refusal_of(name + raw_header("x", '5', 0)),
                  HasSubstr("expected text in GNU tar's long names, found none"));
    }
  }
}

TEST(TarHeaders, RefusesMapsOfHolesThatGoDoesNotTake) {
  const auto refused = [](const std::string& count, const std::string& map) {
    return refusal_of(
        pax_header(
            {{"GNU.sparse.size", "9"}, {"GNU.sparse.numblocks", count}, {"GNU.sparse.map", map}}) +
        raw_file("x", "abc"));
  };
  EXPECT_EQ(refused("1", "0,3"), "");
  EXPECT_EQ(refused("2", "0,1,4,2"), "");
  EXPECT_EQ(refused("2", "6,3,9,0"), "");
  for (const auto& [count, map] :
       {std::pair("2", "0,3"), std::pair("1", "7,3"), std::pair("2", "4,2,0,1"),
        std::pair("2", "0,2,1,1"), std::pair("1", "0"), std::pair("x", "0,3")}) {
    EXPECT_THAT(refused(count, map), HasSubstr("records of holes")) << map;
  }
}

TEST(TarHeaders, RefusesMapsOfManyRecordsThatGoDoesNotTake) {
  const auto refused = [](const Records& pieces, const std::string& content = "abc") {
    Records all{{"GNU.sparse.size", "9"}, {"GNU.sparse.numblocks", "2"}};
    for (const auto& [key, value] : pieces) all.emplace_back("GNU.sparse." + key, value);
    return refusal_of(pax_header(all) + raw_file("x", content));
  };
  const Records sound{{"offset", "0"}, {"numbytes", "1"}, {"offset", "4"}, {"numbytes", "2"}};
  EXPECT_EQ(refused(sound), "");
  EXPECT_THAT(refused(sound, "abcd"), HasSubstr("records of holes")) << "more than the map says";
  EXPECT_THAT(refused(sound, "ab"), HasSubstr("records of holes")) << "less";
  for (const Records& pieces :
       {Records{{"offset", "0"}, {"numbytes", "3"}},
        Records{{"offset", "0"}, {"offset", "1"}, {"numbytes", "1"}, {"numbytes", "2"}},
        Records{{"numbytes", "1"}, {"offset", "0"}, {"numbytes", "2"}, {"offset", "4"}},
        Records{{"offset", "4"}, {"numbytes", "2"}, {"offset", "0"}, {"numbytes", "1"}},
        Records{{"offset", "0"}, {"numbytes", "2"}, {"offset", "1"}, {"numbytes", "1"}},
        Records{{"offset", "0,1"}, {"numbytes", "1"}, {"offset", "4"}, {"numbytes", "2"}},
        Records{{"offset", "+0"}, {"numbytes", "1"}, {"offset", "4"}, {"numbytes", "2"}}}) {
    EXPECT_NE(refused(pieces), "") << pieces.front().second;
  }
}

TEST(TarHeaders, RefusesMapsInFrontOfTheContentThatGoDoesNotTake) {
  const auto refused = [](const std::string& map, const std::string& content,
                          const std::string& type = "0") {
    std::string member = raw_file("x", test::padded(map) + content);
    set_field(member, 0, 156, type);
    return refusal_of(
        pax_header(
            {{"GNU.sparse.major", "1"}, {"GNU.sparse.minor", "0"}, {"GNU.sparse.realsize", "9"}}) +
        member);
  };
  EXPECT_EQ(refused("2\n0\n1\n4\n2\n", "abc"), "");
  EXPECT_NE(refused("2\n0\n1\n4\n2\n", "abcd"), "") << "more than the map says";
  EXPECT_NE(refused("2\n0\n1\n4\n2\n", "ab"), "") << "less";
  EXPECT_NE(refused("2\n0\n2\n1\n1\n", "abc"), "") << "one piece in the other";
  EXPECT_NE(refused("2\n4\n2\n0\n1\n", "abc"), "") << "backwards";
  EXPECT_NE(refused("1\n7\n3\n", "abc"), "") << "behind the end";
}

TEST(TarHeaders, RefusesHolesInOtherKinds) {
  const std::string map = pax_header(
      {{"GNU.sparse.size", "0"}, {"GNU.sparse.numblocks", "1"}, {"GNU.sparse.map", "0,0"}});
  for (const std::string& member : {raw_header("x", '5', 0), raw_header("x", '2', 0),
                                    raw_header("x/", '\0', 0), raw_header("x/", '0', 0)}) {
    EXPECT_THAT(refusal_of(map + member), AnyOf(HasSubstr("holes"), HasSubstr("cannot be sparse")));
  }
}

TEST(TarHeaders, RefusesNumbersThatGoDoesNotRead) {
  // libarchive looks at the very first header itself.
  const std::string first = raw_file("first", "1");
  for (const std::size_t field : {100U, 108U, 116U, 124U, 136U, 329U, 337U}) {
    std::string bytes = raw_header("x", '5', 0);
    set_field(bytes, 0, field, std::string("8\0\0\0\0\0\0\0", 8));
    EXPECT_THAT(refusal_of(first + bytes), HasSubstr("numbers in headers, found '8'")) << field;
    std::string extension = pax_header({{"path", "y"}});
    set_field(extension, 0, field == 124 ? 100 : field, std::string("8\0\0\0\0\0\0\0", 8));
    EXPECT_THAT(refusal_of(first + extension + raw_file("x", "abc")),
                HasSubstr("numbers in headers"));
  }
}

TEST(TarHeaders, ReadsNumbersAsGoDoes) {
  const auto field = [&](std::string text) {
    text.resize(12, '\0');
    return text;
  };
  for (const std::string& number :
       {field(""), field("0"), field("777"), field("  777 "), field(" "),
        std::string("00000000777 "), std::string("000000000777"), std::string(12, '\xff'),
        std::string("\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xff\xff", 12)}) {
    EXPECT_TRUE(is_header_number(number)) << number;
  }
  for (const std::string& text :
       {field("8"), field("x"), field("7 7"), std::string("123 \0      x", 12),
        std::string("\x81\0\0\0\0\0\0\0\0\0\0\0", 12),
        std::string("\x80\0\0\x01\0\0\0\0\0\0\0\0", 12),
        std::string("\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 12),
        std::string("\xff\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff", 12)}) {
    EXPECT_FALSE(is_header_number(text)) << text;
  }
}

TEST(TarHeaders, RefusesTimesOfStarThatAreNoNumbers) {
  std::string bytes = test::TarBuilder("ustar").file("a", "abc").bytes();
  set_field(bytes, 0, 508, std::string("tar\0", 4));
  set_field(bytes, 0, 476, "00000000001");
  EXPECT_NO_THROW(members_of(bytes));
  set_field(bytes, 0, 476, "zzz");
  EXPECT_THAT(test::refusal([&] { members_of(bytes); }),
              HasSubstr("expected times in a header of star's format, found 'zzz"));
}

// Names of GNU tar's and pax records may hold anything, also what looks like a header.
TEST(TarHeaders, TakesNoTextForAHeader) {
  std::string name = std::string(257, 'n') + "ustar  ";
  name += std::string(393 - name.size(), '/');
  name.back() = 'x';
  EXPECT_EQ(refusal_of(long_name(name) + raw_file("x", "abc")), "");
  const std::string comment = std::string(257 - 12, 'n') + "ustar00 /" + std::string(300, 'x');
  EXPECT_EQ(refusal_of(pax_header({{"comment", comment}}) + raw_file("x", "abc")), "");
}

std::optional<char> odd_type_of(const std::string& members) {
  return members_of(members + end_of_tar()).at(0).header.odd_type;
}

// As Go's archive/tar writes targets that are not ASCII; libarchive 3.6 gives none.
TEST(TarHeaders, TakesTargetsOfLinksFromExtensionHeaders) {
  const auto linked = [](const std::string& before, char type) {
    const auto members =
        members_of(raw_file("a", "abc") + before + raw_header("l", type, 0) + end_of_tar());
    return std::pair(members.at(1).header.kind, members.at(1).header.link_target);
  };
  using Kind = TarMember::Kind;
  for (const std::string target : {"\xe6\x97\xa5", "a"}) {
    for (const std::string& before : {pax_header({{"linkpath", target}}), long_name(target, 'K')}) {
      EXPECT_EQ(linked(before, '2'), std::pair(Kind::symlink, target));
      EXPECT_EQ(linked(before, '1'), std::pair(Kind::hard_link, target));
    }
  }
  EXPECT_THAT(refusal_of(pax_header({{"linkpath", "../up"}}) + raw_header("l", '1', 0)),
              HasSubstr("'..'"));
  for (const char type : {'1', '2'}) {
    EXPECT_THAT(refusal_of(raw_file("a", "abc") + raw_header("l", type, 0)),
                HasSubstr("expected a link that leads somewhere, found one without a target"));
  }
}

TEST(TarHeaders, TakesTheSignOfATimeBelowASecond) {
  const auto time = [](const std::string& value) {
    const auto members =
        members_of(pax_header({{"mtime", value}}) + raw_file("a", "abc") + end_of_tar());
    return std::pair(members.at(0).header.mtime, members.at(0).header.mtime_nanoseconds);
  };
  EXPECT_EQ(time("-0.75"), std::pair(std::int64_t{-1}, std::int64_t{250'000'000}));
  EXPECT_EQ(time("0.75"), std::pair(std::int64_t{0}, std::int64_t{750'000'000}));
  EXPECT_EQ(time("-1.25"), std::pair(std::int64_t{-2}, std::int64_t{750'000'000}));
}

TEST(TarHeaders, RefusesDevicesWithTwoNumbers) {
  std::string device = raw_header("null", '3', 0);
  set_field(device, 0, 329, "0000001");
  set_field(device, 0, 337, "0000003");
  EXPECT_EQ(refusal_of(device), "");
  EXPECT_EQ(refusal_of(pax_header({{"SCHILY.devmajor", "1"}}) + device), "");
  EXPECT_THAT(refusal_of(pax_header({{"SCHILY.devminor", "4"}}) + device),
              HasSubstr("expected the device number of the header as 'SCHILY.devminor', found '4' "
                        "for 3"));
  set_field(device, 0, 257, "ustar  x");
  EXPECT_THAT(refusal_of(raw_file("a", "b") + device), HasSubstr("expected devices in headers of"));
}

TEST(TarHeaders, RefusesRecordsThatAreNone) {
  const auto refused = [](const std::string& records) {
    return refusal_of(raw_header("pax", 'g', records.size()) + test::padded(records) +
                      raw_file("a", "abc"));
  };
  EXPECT_EQ(refused("14 comment=ab\n"), "");
  for (const std::string records : {"13 comment ab\n", "14 comment=abc", "6 =ab\n"}) {
    EXPECT_THAT(refused(records), HasSubstr("expected records (LENGTH KEY=VALUE)")) << records;
  }
  EXPECT_THAT(refused(std::string("14 comment=ab\n\0\0", 16)), HasSubstr("expected records"));
}

TEST(TarHeaders, TellsTypesThatEnginesDoNotUnpack) {
  for (const char type : {'0', '5', '3', '6', '\0'}) {
    EXPECT_EQ(odd_type_of(raw_header("x", type, 0)), std::nullopt) << type;
  }
  EXPECT_EQ(odd_type_of(pax_header({{"path", "y"}}) + raw_file("x", "abc")), std::nullopt);
  EXPECT_EQ(odd_type_of(pax_header({{"path", "y"}}, 'g') + raw_file("x", "abc")), std::nullopt);
  EXPECT_EQ(odd_type_of(long_name("y") + raw_file("x", "abc")), std::nullopt);
  for (const char type : {'7', 'Z', 'N'}) {
    EXPECT_EQ(odd_type_of(raw_header("x", type, 0)), type);
    EXPECT_EQ(odd_type_of(long_name("y") + raw_header("x", type, 0)), type);
  }
  EXPECT_EQ(odd_type_of(raw_header("label", 'V', 0) + raw_file("x", "abc")), 'V');
  EXPECT_EQ(odd_type_of(pax_header({{"path", "y"}}, 'X') + raw_file("x", "abc")), 'X');
  EXPECT_EQ(odd_type_of(raw_header("x/", '0', 0)), '0') << "a directory to libarchive";
  EXPECT_EQ(odd_type_of(raw_header("x/", '\0', 0)), std::nullopt) << "a directory to Go, too";
  EXPECT_EQ(odd_type_of(raw_header("x/", '5', 0)), std::nullopt);
}

TEST(TarHeaders, TellsThatListsOfDirectoriesAreNotRead) {
  const std::string list = raw_header("d/", 'D', 4) + test::padded(std::string("Yx\0\0", 4));
  EXPECT_THAT(refusal_of(list), AllOf(HasSubstr("'d': expected content only in regular files"),
                                      HasSubstr("--listed-incremental")));
}

TEST(TarHeaders, StreamsAreHeldAgainstTheSame) {
  const auto refused = [](const std::string& bytes) {
    return test::refusal([&] {
      TarReader reader(std::make_unique<MemorySource>(bytes));
      while (reader.next()) continue;
    });
  };
  EXPECT_THAT(refused(pax_header({{"path", "harmless"}}) + long_name("../../evil") +
                      raw_file("x", "abc") + end_of_tar()),
              HasSubstr("one long name"));
}

}  // namespace
}  // namespace ocimux
