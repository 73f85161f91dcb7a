#include "tar/writer.hpp"

#include "support/files.hpp"
#include "support/streams.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

#include <random>

namespace ocimux {
namespace {

using test::error_of;
using test::members_of;
using test::ReadMember;
using test::written;
using Kind = TarMember::Kind;

std::string type_names(Kind kind) { return std::to_string(static_cast<int>(kind)); }

void expect_equal(const ReadMember& found, const ReadMember& expected) {
  EXPECT_EQ(found.header.path, expected.header.path);
  EXPECT_EQ(type_names(found.header.kind), type_names(expected.header.kind));
  EXPECT_EQ(found.header.mode, expected.header.mode);
  EXPECT_EQ(found.header.uid, expected.header.uid);
  EXPECT_EQ(found.header.gid, expected.header.gid);
  EXPECT_EQ(found.header.mtime, expected.header.mtime);
  EXPECT_EQ(found.header.mtime_nanoseconds, expected.header.mtime_nanoseconds);
  EXPECT_EQ(found.header.link_target, expected.header.link_target);
  EXPECT_EQ(found.header.device_major, expected.header.device_major);
  EXPECT_EQ(found.header.device_minor, expected.header.device_minor);
  EXPECT_EQ(found.header.xattrs, expected.header.xattrs);
  EXPECT_EQ(found.header.size, expected.header.size);
  EXPECT_TRUE(found.content == expected.content) << found.header.path;
}

void expect_equal(const std::vector<ReadMember>& found, const std::vector<ReadMember>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) expect_equal(found[i], expected[i]);
}

ReadMember file(const std::string& path, const std::string& content = "") {
  ReadMember member;
  member.header.path = path;
  member.header.mode = 0644;
  member.header.size = static_cast<std::int64_t>(content.size());
  member.content = content;
  return member;
}

/// Members of every shape, the same for the same seed.
class RandomMembers {
 public:
  explicit RandomMembers(unsigned seed) : random_(seed) {}

  ReadMember next() {
    ReadMember member = file(path(1 + number(300)));
    TarMember& header = member.header;
    header.kind = static_cast<Kind>(number(7));
    header.mode = static_cast<std::uint32_t>(number(010000));
    header.uid = id();
    header.gid = id();
    header.mtime = number(3) == 0 ? -static_cast<std::int64_t>(number(1000)) - 1
                                  : static_cast<std::int64_t>(number(std::int64_t{1} << 35U));
    if (header.mtime != -1 && number(2) == 0) {  // libarchive loses the sign of -0.5
      header.mtime_nanoseconds = static_cast<std::int64_t>(number(1'000'000'000));
    }
    if (header.kind == Kind::symlink || header.kind == Kind::hard_link) {
      header.link_target = path(1 + number(200));
    }
    if (header.kind == Kind::character || header.kind == Kind::block) {
      header.device_major = static_cast<std::int64_t>(number(4096));
      header.device_minor = static_cast<std::int64_t>(number(1 << 20));
    }
    if (header.kind == Kind::regular) {
      if (number(4) == 0) header.xattrs["user." + path(10)] = bytes(number(200));
      if (number(4) == 0) header.xattrs["security.capability"] = bytes(20);
      member.content = bytes(number(3) == 0 ? number(5) * 512 : number(3000));
      header.size = static_cast<std::int64_t>(member.content.size());
    }
    return member;
  }

 private:
  std::size_t number(std::int64_t below) {
    return static_cast<std::size_t>(random_()) % static_cast<std::size_t>(below);
  }
  std::int64_t id() {
    static constexpr std::int64_t ids[] = {0, 1000, 07777777, 010000000, 4'294'967'294};
    return ids[number(5)];
  }
  std::string bytes(std::size_t size) {
    return test::random_bytes(size, static_cast<unsigned>(random_()));
  }
  // Of @p length bytes, now and then with UTF-8, a slash here and there.
  std::string path(std::size_t length) {
    std::string text;
    while (text.size() < length) {
      const bool slash = !text.empty() && text.back() != '/' && text.size() + 1 < length;
      if (slash && number(60) == 0)
        text += '/';
      else if (number(80) == 0 && text.size() + 2 <= length)
        text += "\xc3\xbc";
      else
        text += static_cast<char>('a' + number(26));
    }
    return text;
  }

  std::mt19937_64 random_;
};

std::vector<ReadMember> random_members(unsigned seed, int count) {
  RandomMembers random(seed);
  std::vector<ReadMember> members;
  for (int i = 0; i < count; ++i) members.push_back(random.next());
  return members;
}

TEST(TarWriter, RandomMembersComeBackThroughOurReader) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto members = random_members(seed, 30);
    expect_equal(members_of(written(members)), members);
  }
}

TEST(TarWriter, TheSameMembersGiveTheSameBytes) {
  const auto members = random_members(1, 100);
  EXPECT_TRUE(written(members) == written(members));
  const std::string once = written(members);
  EXPECT_TRUE(written(members_of(once)) == once) << "what was read is written the same";
}

// Around what fits in the name field (100), with the prefix field (155), and in neither.
TEST(TarWriter, NamesOfAnyLengthComeBack) {
  std::vector<ReadMember> members;
  for (std::size_t length = 1; length <= 300; ++length) {
    members.push_back(file(std::string(length, 'n'), "x"));
    for (const std::size_t slash : {1U, 50U, 100U, 154U, 155U, 156U, 199U}) {
      if (slash + 1 >= length) continue;
      std::string path(length, 's');
      path[slash] = '/';
      members.push_back(file(path, "y"));
      ReadMember directory = file(path);
      directory.header.kind = Kind::directory;
      members.push_back(directory);
    }
  }
  expect_equal(members_of(written(members)), members);
}

TEST(TarWriter, WritesFurtherRecordsAndBitsAboveThePermissions) {
  ReadMember one = file("a", "x");
  one.header.mode = 0644;
  one.header.type_bits = 0100000;
  one.header.records = {{"MSWINDOWS.fileattr", "32"}, {"LIBARCHIVE.creationtime", "5.000000001"}};
  one.header.xattrs = {{"security.capability", "c"}};
  const std::string bytes = written({one});
  EXPECT_EQ(bytes.substr(512, 102),
            "39 LIBARCHIVE.creationtime=5.000000001\n25 MSWINDOWS.fileattr=32\n"
            "38 SCHILY.xattr.security.capability=c\n")
      << "sorted by key";
  EXPECT_EQ(bytes.substr(1024 + 100, 7), "0100644");
  const auto members = members_of(bytes);
  EXPECT_EQ(members[0].header.mode, 0644U);
  EXPECT_EQ(members[0].content, "x");
}

TEST(TarWriter, UsesUstarAloneWhereThatIsEnough) {
  const std::string split = std::string(155, 'p') + "/" + std::string(100, 'n');
  EXPECT_EQ(written({file(split, "x")}).size(), 512U + 512U + 1024U);
  EXPECT_GT(written({file("p" + split, "x")}).size(), 512U + 512U + 1024U);
}

TEST(TarWriter, NamesOfAnyBytesComeBack) {
  const std::vector<ReadMember> members{file("gr\xc3\xbc\xc3\x9f"), file("gr\xfc\xdf"),
                                        file(std::string(150, 'x') + "\xff\xfe")};
  expect_equal(members_of(written(members)), members);
}

// What the bytes of a ustar name mean is up to the reader's locale; a pax path is UTF-8.
TEST(TarWriter, NamesOutsideAsciiGoIntoAPaxRecord) {
  EXPECT_THAT(written({file("gr\xc3\xbc\xc3\x9f")}),
              testing::HasSubstr("15 path=gr\xc3\xbc\xc3\x9f\n"));
  ReadMember link = file("link");
  link.header.kind = Kind::symlink;
  link.header.link_target = "\xe2\x82\xac";
  EXPECT_THAT(written({link}), testing::HasSubstr("16 linkpath=\xe2\x82\xac\n"));
}

TEST(TarWriter, TheRootIsADotAndASlash) {
  ReadMember root = file("");
  root.header.kind = Kind::directory;
  const std::string bytes = written({root});
  EXPECT_EQ(bytes.substr(0, 3), std::string("./\0", 3));
  expect_equal(members_of(bytes), {root});
}

TEST(TarWriter, SizesFromEightGibibytesOnGoIntoAPaxRecord) {
  test::KeepingSink sink;
  TarWriter writer(sink);
  ReadMember large = file("large");
  large.header.size = std::int64_t{8} << 30U;
  writer.begin(large.header);
  EXPECT_THAT(sink.text, testing::HasSubstr("19 size=8589934592\n"));
  ReadMember small = file("small");
  small.header.size = (std::int64_t{8} << 30U) - 1;
  test::KeepingSink other;
  TarWriter(other).begin(small.header);
  EXPECT_EQ(other.text.size(), 512U);
  EXPECT_EQ(other.text.substr(124, 11), "77777777777");
}

// "LENGTH KEY=VALUE\n" counts its own digits: around 10, 100 and 1000 they change.
TEST(TarWriter, RecordsOfAnyLengthComeBack) {
  std::vector<ReadMember> members;
  for (std::size_t length = 0; length < 1100; ++length) {
    members.push_back(file("f" + std::to_string(length)));
    members.back().header.xattrs["user.x"] = std::string(length, 'v');
  }
  expect_equal(members_of(written(members)), members);
}

TEST(TarWriter, RefusesMoreContentThanItWasTold) {
  test::KeepingSink sink;
  TarWriter writer(sink);
  writer.begin(file("a", "12345").header);
  writer.content(as_bytes("123"));
  EXPECT_EQ(error_of([&] { writer.content(as_bytes("456")); }).code(), Errc::corrupt);
}

TEST(TarWriter, RefusesLessContentThanItWasTold) {
  for (const bool at_end : {true, false}) {
    test::KeepingSink sink;
    TarWriter writer(sink);
    writer.begin(file("a", "12345").header);
    writer.content(as_bytes("1234"));
    const auto go_on = [&] { at_end ? writer.finish() : writer.begin(file("b").header); };
    EXPECT_EQ(error_of(go_on).code(), Errc::corrupt);
    EXPECT_EQ(sink.finished, 0);
  }
}

TEST(TarWriter, EndsWithTwoBlocksOfZerosAndFinishesTheSink) {
  test::KeepingSink sink;
  TarWriter writer(sink);
  writer.finish();
  EXPECT_EQ(sink.text, std::string(1024, '\0'));
  EXPECT_EQ(sink.finished, 1);
}

TEST(TarWriter, LetsTheSinkFailAtAnyByte) {
  const auto members = random_members(3, 3);
  const std::size_t size = written(members).size();
  for (std::size_t capacity = 0; capacity <= size; capacity += 61) {
    test::FailingSink sink(capacity);
    TarWriter writer(sink);
    const auto work = [&] {
      for (const ReadMember& one : members) {
        writer.begin(one.header);
        TarContentSink content(writer);
        content.write(as_bytes(one.content));
        content.finish();
      }
      writer.finish();
    };
    EXPECT_THROW(work(), test::Full) << capacity;
  }
}

}  // namespace
}  // namespace ocimux
