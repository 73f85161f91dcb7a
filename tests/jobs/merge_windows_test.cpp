// Root filesystems of Windows: the form of their layers, with and without a base.

#include "support/merging.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Takes the warnings.
class Listener final : public Progress {
 public:
  Task begin(std::string_view /*name*/, std::int64_t /*bytes*/) override { return 0; }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
  void end(Task /*task*/) override {}
  void note(std::string_view /*text*/) override {}
  void warn(std::string_view text) override { warnings += std::string(text) + "\n"; }
  std::string warnings;
};

constexpr int system_files = 100;

std::string dll(int i) { return "Windows/System32/file" + std::to_string(i) + ".dll"; }

std::string base_layer(const std::string& revision) {
  TarBuilder builder;
  builder.directory("Hives").file("Hives/SYSTEM_DELTA", "hive").directory("Files");
  builder.directory("UtilityVM").file("UtilityVM/x", "vm");
  builder.directory("Files/Windows").directory("Files/Windows/System32");
  for (int i = 0; i < system_files; ++i) builder.file("Files/" + dll(i), revision);
  builder.hard_link("Files/Windows/hard.dll", "Files/" + dll(0));
  builder.file("Files/Users.txt", "users").file("Files/note:stream", "s");
  return builder.bytes();
}

/// As BuildKit exports it: flat, attributes invented.
TarBuilder tree(const std::string& revision) {
  TarBuilder builder;
  builder.add({.path = "Windows", .type = '5', .mode = 0700, .uid = 5});
  builder.directory("Windows/System32");
  for (int i = 0; i < system_files; ++i) {
    builder.add({.path = dll(i), .content = revision, .mode = 0600, .mtime = 1});
  }
  builder.file("Windows/hard.dll", revision).file("Users.txt", "users").file("note:stream", "s");
  return builder;
}

class MergeWindows : public testing::Test {
 protected:
  std::string base() {
    LayoutBuilder builder;
    std::vector<std::string> descriptors;
    for (const auto& [version, revision] :
         std::map<std::string, std::string>{{"10.0.17763.9", "A"}, {"10.0.20348.7", "B"}}) {
      const LayoutBuilder::Platform platform{"windows", "amd64", "", version};
      const auto manifest = builder.image({platform, {base_layer(revision)}});
      descriptors.push_back(LayoutBuilder::image_descriptor(manifest, platform));
    }
    builder.top(builder.index(descriptors), oci_index_type, "1");
    return work_.archive("nanoserver.tar", builder);
  }

  MergeOptions options(const TarBuilder& tar,
                       const std::string& name = "app-windows-ltsc2022-amd64.tar") {
    return work_.options({work_.file(name, tar.bytes())});
  }
  MergeOptions based(const TarBuilder& tar,
                     const std::string& name = "app-windows-ltsc2022-amd64.tar") {
    MergeOptions out = options(tar, name);
    out.bases = {{selector("windows"), base()}};
    return out;
  }
  [[nodiscard]] std::vector<std::string> names(std::size_t layer) const {
    return names_in_tar(ReadLayout(work_.path("out")).layer(0, layer));
  }

  Workspace work_;
};

TEST_F(MergeWindows, WithABaseTheDifferenceIsALayerThatWindowsReads) {
  MergeOptions wanted = based(tree("B")
                                  .file("velero.exe", "program")
                                  .hard_link("helper.exe", "velero.exe")
                                  .symlink("link", "Windows/System32"));
  merge(wanted);
  const ReadLayout out(wanted.output);
  out.check();
  EXPECT_THAT(out.platforms(), ElementsAre("windows/amd64:10.0.20348.7")) << "from the base";
  EXPECT_THAT(names(1),
              ElementsAre("Hives", "Files", "Files/helper.exe", "Files/link", "Files/velero.exe"));
}

TEST_F(MergeWindows, WritesTheRecordsOfWindows) {
  merge(based(tree("B").directory("New").file("New/a.exe", "x")));
  const std::string layer = ReadLayout(work_.path("out")).layer(0, 1);
  // Read by Python's tarfile, which keeps pax records of any name.
  const std::string records = output_of(
      "python3 -c 'import sys, tarfile\n"
      "for m in tarfile.open(sys.argv[1]):\n"
      "  p = m.pax_headers\n"
      "  print(m.name, m.type.decode(), oct(m.mode), p.get(\"MSWINDOWS.fileattr\"),"
      " p.get(\"LIBARCHIVE.creationtime\"), len(p.get(\"MSWINDOWS.rawsd\", \"\")))' " +
      work_.file("layer.tar", layer));
  EXPECT_EQ(
      records,
      "Hives 5 0o40000 16 1700000000 0\nFiles 5 0o40000 16 1700000000 0\n"
      "Files/New 5 0o40755 16 1700000000 288\nFiles/New/a.exe 0 0o100644 32 1700000000 168\n");
}

TEST_F(MergeWindows, SaysWhatIsGoneExplicitly) {
  TarBuilder few;
  few.directory("Windows").directory("Windows/System32");
  for (int i = 0; i < system_files; ++i) few.file(dll(i), "B");
  few.file("note:stream", "s");
  merge(based(few));
  EXPECT_THAT(names(1), ElementsAre("Hives", "Files", "Files/.wh.Users.txt", "Files/Windows",
                                    "Files/Windows/.wh.hard.dll"));
}

TEST_F(MergeWindows, NamesThatWindowsReadsOtherwiseAreRefused) {
  for (const char* name : {"app\\..\\evil", "a<b", "a?", "a\x01"}) {
    const Workspace fresh;
    const std::string tar =
        TarBuilder().file(name, "x").write(fresh.path("app-windows-ltsc2022-amd64.tar"));
    const Error error = merge_refusal(fresh, fresh.options({tar}));
    EXPECT_EQ(error.code(), Errc::unsupported) << name;
    EXPECT_THAT(error.what(), HasSubstr("names that Windows can have")) << name;
  }
  const Workspace fresh;
  const std::string tar = TarBuilder()
                              .file("app/x", "x")
                              .file("app/x:s", "stream")
                              .hard_link("app/h", "app/x:s")
                              .write(fresh.path("app-windows-ltsc2022-amd64.tar"));
  EXPECT_THAT(merge_refusal(fresh, fresh.options({tar})).what(), HasSubstr("a stream"));
}

TEST_F(MergeWindows, CaseIsNoDifferenceButTwoNamesOfOneAreAConflict) {
  TarBuilder other;
  other.directory("WINDOWS").directory("WINDOWS/system32");
  for (int i = 0; i < system_files; ++i)
    other.file("WINDOWS/system32/FILE" + std::to_string(i) + ".DLL", "B");
  other.file("WINDOWS/hard.dll", "B").file("USERS.TXT", "users").file("note:stream", "s");
  other.file("WINDOWS/system32/new.dll", "n");
  merge(based(other));
  EXPECT_THAT(names(1), ElementsAre("Hives", "Files", "Files/Windows", "Files/Windows/System32",
                                    "Files/Windows/System32/new.dll"));
  MergeOptions twice = based(tree("B").file("velero.exe", "a").file("Velero.exe", "b"));
  twice.output = work_.path("twice");
  const Error error = merge_refusal(work_, twice);
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("velero.exe"), HasSubstr("Velero.exe")));
}

TEST_F(MergeWindows, RefusesATreeOfAnotherBase) {
  MergeOptions wanted = based(tree("C"));
  const Error error = merge_refusal(work_, wanted);
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("10.0.20348.7"), HasSubstr("10.0.20348 where 101"),
                                  HasSubstr("file0.dll")));
  wanted.allow_mismatch = true;
  Listener listener;
  merge(wanted, listener);
  EXPECT_THAT(listener.warnings, HasSubstr("found one of 10.0.20348"));
}

TEST_F(MergeWindows, StreamsGoWithTheirFiles) {
  merge(based(tree("B").file("note2", "n").file("note2:b", "b").file("note2-x", "x")));
  EXPECT_THAT(names(1),
              ElementsAre("Hives", "Files", "Files/note2", "Files/note2:b", "Files/note2-x"));
}

TEST_F(MergeWindows, WithoutABaseTheWholeTreeIsALayerWithAWarning) {
  MergeOptions wanted = options(TarBuilder().directory("b").file("b/x.exe", "x").file("a", "y"));
  Listener listener;
  merge(wanted, listener);
  EXPECT_THAT(listener.warnings, AllOf(HasSubstr("HostProcess"), HasSubstr("--base")));
  EXPECT_THAT(names(0), ElementsAre("Hives", "Files", "Files/a", "Files/b", "Files/b/x.exe"));
  EXPECT_EQ(files_in_tar(ReadLayout(wanted.output).layer(0, 0)).at("Files/b/x.exe"), "x");
  wanted.output = work_.path("strict");
  wanted.strict = true;
  EXPECT_EQ(merge_refusal(work_, wanted).code(), Errc::conflict);
}

TEST_F(MergeWindows, ALayerOfWindowsIsKeptAsItIs) {
  TarBuilder layer;
  layer.directory("Files").file("Files/a.exe", "x").directory("Hives");
  MergeOptions wanted = options(layer);
  Listener listener;
  merge(wanted, listener);
  EXPECT_THAT(listener.warnings, IsEmpty());
  EXPECT_TRUE(ReadLayout(wanted.output).layer(0, 0) == layer.bytes());
  wanted.bases = {{Selector(), base()}};
  wanted.output = work_.path("based");
  EXPECT_EQ(merge_refusal(work_, wanted).code(), Errc::unsupported);
}

TEST_F(MergeWindows, RefusesALayerThatWindowsCannotUnpack) {
  TarBuilder layer;
  layer.directory("Files").directory("Hives").file("Files/App/a.exe", "x");
  const Error error = merge_refusal(work_, options(layer));
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("found 'Files/App/a.exe' without one of 'Files/App'"));
}

// "base layer cannot have tombstones", says hcsshim.
TEST_F(MergeWindows, RefusesWhiteoutsInAFirstLayer) {
  TarBuilder layer;
  layer.directory("Files").file("Files/.wh.gone", "");
  const Error error = merge_refusal(work_, options(layer));
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("expected no whiteouts in the first layer of an image for "
                                      "Windows, found 'Files/.wh.gone'"));
}

TEST_F(MergeWindows, RefusesZstd) {
  MergeOptions wanted = based(tree("B"));
  wanted.compression = "zstd";
  EXPECT_EQ(merge_refusal(work_, wanted).code(), Errc::invalid_argument);
}

TEST_F(MergeWindows, SeveralBasesThatFitAreAnError) {
  MergeOptions wanted = based(tree("B"), "app-windows-amd64.tar");
  const Error error = merge_refusal(work_, wanted);
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("10.0.17763.9"), HasSubstr("10.0.20348.7")));
  wanted.os_versions = {{Selector(), "10.0.20348.7"}};
  merge(wanted);
}

TEST_F(MergeWindows, TimesAreClamped) {
  MergeOptions wanted = based(tree("B").file("new", "n"));
  wanted.source_date_epoch = 500;
  merge(wanted);
  const std::string layer = ReadLayout(wanted.output).layer(0, 1);
  EXPECT_EQ(layer.find("1700000000"), std::string::npos);
  EXPECT_THAT(layer, HasSubstr("LIBARCHIVE.creationtime=500\n"));
}

}  // namespace
}  // namespace ocimux::test
