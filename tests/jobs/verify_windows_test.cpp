#include "jobs/verify_windows.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using Kind = TarMember::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

struct Entry {
  std::string path;
  Kind kind = Kind::directory;
  std::string target = {};
};

std::vector<std::string> wrong_with(const std::vector<Entry>& entries) {
  WindowsContents contents;
  for (const Entry& entry : entries) {
    TarMember member;
    member.path = entry.path;
    member.kind = entry.kind;
    member.link_target = entry.target;
    contents.add(member, entry.path, WindowsContents::Records::present, true);
  }
  contents.end();
  std::vector<std::string> found;
  for (const Said& said : contents.form().wrong) found.push_back(said.found);
  return found;
}

TEST(VerifyWindows, TakesALayerInItsForm) {
  EXPECT_THAT(wrong_with({{"Hives"},
                          {"Hives/Software_Delta", Kind::regular},
                          {"Files"},
                          {"Files/App"},
                          {"Files/App/velero.exe", Kind::regular},
                          {"Files/App/.wh.old.exe", Kind::regular},
                          {"Files/Elsewhere/.wh.file", Kind::regular},
                          {"Files/app/link", Kind::hard_link, "Files/App/velero.exe"},
                          {"UtilityVM/Files/EFI/Boot", Kind::regular},
                          {"UtilityVM/Files/EFI/Boot", Kind::regular}}),
              IsEmpty());
}

TEST(VerifyWindows, FindsLinksElsewhere) {
  EXPECT_THAT(wrong_with({{"Hives"},
                          {"Files"},
                          {"Files/f", Kind::regular},
                          {"Hives/l", Kind::hard_link, "Files/f"},
                          {"Files/l", Kind::hard_link, "Hives/f"}}),
              ElementsAre("'Hives/l', a link to 'Files/f' (and 1 more in this layer)"));
}

// hcsshim makes each entry with FILE_CREATE, which fails on a file system that folds case.
TEST(VerifyWindows, FindsWhatIsTwiceInOneCaseOrAnother) {
  EXPECT_THAT(wrong_with({{"Files"},
                          {"Files/README", Kind::regular},
                          {"Files/readme", Kind::regular},
                          {"Files/Readme", Kind::regular}}),
              ElementsAre("'Files/readme' again, in other letters before (and 1 more in this "
                          "layer)"));
  EXPECT_THAT(wrong_with({{"Files"}, {"Files/a"}, {"Files/a"}}), ElementsAre("'Files/a' again"));
  EXPECT_THAT(
      wrong_with({{"Files"}, {"Files/a", Kind::regular}, {"Files/A", Kind::hard_link, "Files/b"}}),
      ElementsAre("'Files/A' again, in other letters before"));
}

TEST(VerifyWindows, FindsWhatHasNoDirectoryBeforeIt) {
  EXPECT_THAT(wrong_with({{"Files"}, {"Files/a/b", Kind::regular}, {"Files/a"}}),
              ElementsAre("'Files/a/b' without one of 'Files/a'"));
  EXPECT_THAT(wrong_with({{"Files/x", Kind::regular}, {"Hives/x", Kind::regular}}),
              ElementsAre("'Files/x' without one of 'Files' (and 1 more in this layer)"));
  EXPECT_THAT(wrong_with({{"Files"}, {"Files/A"}, {"Files/a/x", Kind::regular}}), IsEmpty());
  EXPECT_THAT(wrong_with({{"Files"}, {"Files/A", Kind::regular}, {"Files/A/x", Kind::regular}}),
              ElementsAre("'Files/A/x' below 'Files/A', which is no directory"));
}

TEST(VerifyWindows, TakesStreamsRightBehindTheirFile) {
  EXPECT_THAT(wrong_with({{"Files"},
                          {"Files/f.txt", Kind::regular},
                          {"Files/f.txt:one:$DATA", Kind::regular},
                          {"Files/f.txt:two:$DATA", Kind::regular},
                          {"Files/g.txt", Kind::regular},
                          {"Files/f.txt:late:$DATA", Kind::regular}}),
              ElementsAre("'Files/f.txt:late:$DATA' behind 'Files/g.txt'"));
  EXPECT_THAT(wrong_with({{"Files"}, {"Files/a:b"}}), ElementsAre("'Files/a:b' behind 'Files'"));
}

TEST(VerifyWindows, FindsNamesThatWindowsDoesNotTake) {
  EXPECT_THAT(wrong_with({{"Files"},
                          {"Files/a\\b.txt", Kind::regular},
                          {"Files/what?", Kind::regular},
                          {"Files/a\nb", Kind::regular}}),
              ElementsAre("'Files/a\\b.txt' (and 2 more in this layer)"));
}

// Neither has records of its own, as hcsshim writes them.
TEST(VerifyWindows, CountsNoWhiteoutsAndStreams) {
  WindowsContents contents;
  for (const std::string path : {"Files/.wh.gone", "Files/f", "Files/f:s:$DATA"}) {
    TarMember member;
    member.path = path;
    contents.add(member, path, WindowsContents::Records::missing, true);
  }
  contents.end();
  EXPECT_EQ(contents.form().entries, 1U);
  EXPECT_EQ(contents.form().without_records, 1U);
  EXPECT_EQ(contents.form().whiteout, "Files/.wh.gone");
}

}  // namespace
}  // namespace ocimux
