// What TarWriter writes, read by the programs of the system.

#include "support/files.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <sys/stat.h>

#include <gmock/gmock.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::ReadMember;
using test::TemporaryDirectory;
using Kind = TarMember::Kind;
using testing::HasSubstr;

ReadMember entry(const std::string& path, Kind kind, const std::string& content = "") {
  ReadMember member;
  member.header.path = path;
  member.header.kind = kind;
  member.header.mode = kind == Kind::directory ? 0755 : 0640;
  member.header.mtime = 1'600'000'000;
  member.header.size = static_cast<std::int64_t>(content.size());
  member.content = content;
  return member;
}

const std::string long_path = std::string(180, 'l') + "/" + std::string(120, 'f');

std::vector<ReadMember> sample() {
  std::vector<ReadMember> members{entry("", Kind::directory),
                                  entry("dir", Kind::directory),
                                  entry("dir/file", Kind::regular, "hello"),
                                  entry("hard", Kind::hard_link),
                                  entry("soft", Kind::symlink),
                                  entry(long_path, Kind::regular, "deep")};
  members[2].header.mode = 04711;
  members[2].header.mtime_nanoseconds = 250'000'000;
  members[3].header.link_target = "dir/file";
  members[4].header.link_target = std::string(150, 't');
  members[5].header.uid = 4'000'000'000;
  members[5].header.gid = 3'000'000;
  return members;
}

void expect_sample(const fs::path& root) {
  EXPECT_EQ(test::read_file(root / "dir/file"), "hello");
  EXPECT_EQ(test::read_file(root / long_path), "deep");
  EXPECT_EQ(fs::read_symlink(root / "soft"), std::string(150, 't'));
  EXPECT_EQ(fs::hard_link_count(root / "dir/file"), 2U);
  struct stat status {};
  ASSERT_EQ(::stat((root / "hard").c_str(), &status), 0);
  EXPECT_EQ(status.st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(status.st_mtim.tv_nsec, 250'000'000);
  EXPECT_EQ(status.st_mode & 0777U, 0711U);
}

TEST(TarWriter, GnuTarAndBsdtarExtractIt) {
  for (const char* program : {"tar", "bsdtar"}) {
    const TemporaryDirectory directory;
    test::write_file(directory / "a.tar", test::written(sample()));
    fs::create_directory(directory / "out");
    const std::string said = test::output_of("cd '" + (directory / "out").string() + "' && " +
                                             program + " --no-same-owner -xpf ../a.tar 2>&1");
    EXPECT_EQ(said, "") << program;
    expect_sample(directory / "out");
  }
}

TEST(TarWriter, GnuTarListsItWithoutAComplaint) {
  const TemporaryDirectory directory;
  test::write_file(directory / "a.tar", test::written(sample()));
  const std::string list =
      test::output_of("tar --numeric-owner -tvf '" + (directory / "a.tar").string() + "' 2>&1");
  EXPECT_THAT(list, HasSubstr("4000000000/3000000"));
  EXPECT_THAT(list, HasSubstr("-rws--x--x 0/0"));
  EXPECT_THAT(list, HasSubstr(long_path));
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 6);
}

TEST(TarWriter, PythonReadsTheSame) {
  const TemporaryDirectory directory;
  test::write_file(directory / "a.tar", test::written(sample()));
  const std::string list = test::output_of(
      "python3 -c 'import sys,tarfile\nfor m in tarfile.open(sys.argv[1]): "
      "print(m.name, m.mode, m.uid, m.gid, m.mtime, m.size, m.linkname)' '" +
      (directory / "a.tar").string() + "'");
  EXPECT_THAT(list, HasSubstr("dir/file 2505 0 0 1600000000.25 5 \n"));
  EXPECT_THAT(list, HasSubstr(long_path + " 416 4000000000 3000000 1600000000"));
  EXPECT_THAT(list, HasSubstr("hard 416 0 0 1600000000 0 dir/file\n"));
}

// What one of the programs wrote, read and written by us, unpacks to the same tree.
TEST(TarWriter, KeepsTimesOfGnuTarThroughReadingAndWriting) {
  const TemporaryDirectory directory;
  for (const char* time : {"1600000000.123456789", "-2.5", "-100", "-1.25"}) {
    const std::string original =
        test::archive_by(std::string("touch -d @") + time + " f; tar --format=pax -cf - f");
    test::write_file(directory / "ours.tar", test::written(test::members_of(original)));
    const std::string back =
        test::output_of("cd '" + directory.path().string() +
                        "' && tar --warning=no-timestamp -xf ours.tar && stat -c %.9Y f");
    const std::string expected = test::output_of(std::string("cd '") + directory.path().string() +
                                                 "' && touch -d @" + time + " g && stat -c %.9Y g");
    EXPECT_EQ(back, expected) << time;
  }
}

// A pair of seconds and nanoseconds means what a timespec means: -1.5 s is {-2, 500000000}.
TEST(TarWriter, TimesBefore1970AreWhatATimespecSays) {
  ReadMember member = entry("f", Kind::regular);
  member.header.mtime = -2;
  member.header.mtime_nanoseconds = 500'000'000;
  EXPECT_THAT(test::written({member}), HasSubstr("mtime=-1.5\n"));
  const auto back = test::members_of(test::written({member}));
  EXPECT_EQ(back[0].header.mtime, -2);
  EXPECT_EQ(back[0].header.mtime_nanoseconds, 500'000'000);
}

}  // namespace
}  // namespace ocimux
