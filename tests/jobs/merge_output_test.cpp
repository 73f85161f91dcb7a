#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

MergeOptions tagged(const Workspace& work, const std::string& tag, const std::string& content) {
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar", content)});
  options.tags = {tag};
  return options;
}

TEST(MergeOutput, AddsToALayoutThatIsThere) {
  const Workspace work;
  merge(tagged(work, "one", "1"));
  const auto before = tree(work.path("out"));
  merge(tagged(work, "two", "2"));
  const ReadLayout out(work.path("out"));
  out.check();
  EXPECT_THAT(out.tags(), ElementsAre(Key("one"), Key("two")));
  const auto after = tree(work.path("out"));
  for (const auto& [name, content] : before) {
    if (name == "index.json") continue;
    EXPECT_EQ(after.at(name), content) << name;
  }
}

TEST(MergeOutput, AddsToTheLayoutItReads) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "amd64");
  builder.simple({"linux", "arm64"}, "arm64");
  const std::string layout = work.layout("out", builder);
  MergeOptions options = work.options({layout + ":amd64", layout + ":arm64"});
  options.tags = {"both"};
  EXPECT_EQ(merge(options).blobs_written, 1);
  const ReadLayout out(layout);
  out.check();
  EXPECT_THAT(out.tags(), ElementsAre(Key("amd64"), Key("arm64"), Key("both")));
}

TEST(MergeOutput, MovesATagOnlyWhenTold) {
  const Workspace work;
  const auto first = merge(tagged(work, "main", "1"));
  MergeOptions again = tagged(work, "main", "2");
  const Error error = merge_refusal(work, again);
  EXPECT_EQ(error.code(), Errc::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("'main'"));
  EXPECT_THAT(error.hint(), HasSubstr("--replace"));
  again.replace = true;
  const auto second = merge(again);
  EXPECT_NE(first.index->digest, second.index->digest);
  const ReadLayout out(work.path("out"));
  EXPECT_EQ(out.tags()["main"], second.index->digest.string());
  EXPECT_EQ(out.index_json()["manifests"].size(), 1);
}

TEST(MergeOutput, WithoutATagTheIndexStandsOnce) {
  const Workspace work;
  const MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  merge(options);
  const auto before = tree(options.output);
  merge(options);
  EXPECT_EQ(tree(options.output), before);
  EXPECT_EQ(ReadLayout(options.output).index_json()["manifests"].size(), 1);
}

TEST(MergeOutput, TakesAnEmptyDirectoryAndMakesParents) {
  const Workspace work;
  MergeOptions options = tagged(work, "main", "1");
  std::filesystem::create_directory(work.path("empty"));
  options.output = work.path("empty");
  merge(options);
  ReadLayout(options.output).check();
  options.output = work.path("a/b/c/");
  merge(options);
  ReadLayout(options.output).check();
}

TEST(MergeOutput, LeavesWhatIsNoLayoutAlone) {
  const Workspace work;
  MergeOptions options = tagged(work, "main", "1");
  std::filesystem::create_directory(work.path("photos"));
  static_cast<void>(work.file("photos/cat.jpg", "cat"));
  static_cast<void>(work.file("file", "text"));
  for (const std::string name : {"photos", "file", "file/below", "photos/cat.jpg"}) {
    for (const bool dry : {false, true}) {
      options.output = work.path(name);
      options.dry_run = dry;
      if (name == "file/below" && dry) continue;
      const Error error = merge_refusal(work, options);
      EXPECT_THAT(error.what(), HasSubstr(name.substr(0, name.find('/')))) << name;
    }
  }
}

TEST(MergeOutput, RefusesADamagedLayout) {
  for (const std::string index : {"", "{", "[]", R"({"schemaVersion":2,"manifests":7})",
                                  R"({"schemaVersion":2,"manifests":[],"manifests":[]})"}) {
    const Workspace work;
    LayoutBuilder builder;
    builder.index_json = index;
    static_cast<void>(work.layout("out", builder));
    EXPECT_EQ(merge_refusal(work, tagged(work, "main", "1")).code(), Errc::corrupt) << index;
  }
  const Workspace work;
  LayoutBuilder builder;
  builder.layout_file = R"({"imageLayoutVersion":"2.0.0"})";
  static_cast<void>(work.layout("out", builder));
  EXPECT_EQ(merge_refusal(work, tagged(work, "main", "1")).code(), Errc::unsupported);
}

TEST(MergeOutput, ArchiveHoldsTheLayout) {
  const Workspace work;
  MergeOptions options = tagged(work, "main", "1");
  merge(options);
  options.output = work.path("out.tar");
  merge(options);
  const auto layout = tree(work.path("out"));
  const auto archive = files_in_tar(read_file(work.path("out.tar")));
  for (const auto& [name, content] : layout) {
    if (name.ends_with('/')) continue;
    EXPECT_EQ(archive.at(name), content);
  }
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::already_exists);
  options.replace = true;
  merge(options);
}

TEST(MergeOutput, RefusesNamesOfOtherFiles) {
  const Workspace work;
  for (const std::string name : {"out.tar.gz", "out.tgz", "out.tar.zst", "out.zip", ""}) {
    MergeOptions options = tagged(work, "main", "1");
    options.output = name.empty() ? "" : work.path(name);
    EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument) << name;
  }
}

TEST(MergeOutput, DryRunTellsWhatWouldBe) {
  const Workspace work;
  MergeOptions options = tagged(work, "main", "1");
  options.platform_tags = true;
  options.dry_run = true;
  for (const std::string name : {"out", "a/b/out", "out.tar"}) {
    options.output = work.path(name);
    const auto before = work.tree();
    const MergeResult result = merge(options);
    EXPECT_EQ(work.tree(), before);
    EXPECT_FALSE(result.index);
    EXPECT_EQ(result.images.at(0).platform.string(), "linux/amd64");
    EXPECT_EQ(result.names.at(1).tag, "main-linux-amd64");
  }
}

// Seen: the dry run of a merge whose layers were missing said that all was well.
TEST(MergeOutput, DryRunMissesNoBlob) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({"linux", "amd64"});
  builder.blobs.erase(Document::parse(manifest)["layers"][0]["digest"].get<std::string>());
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  for (const bool dry : {false, true}) {
    options.dry_run = dry;
    EXPECT_EQ(merge_refusal(work, options).code(), Errc::not_found);
  }
}

TEST(MergeOutput, ManyWritersLoseNoTag) {
  const Workspace work;
  const std::string input = work.rootfs("app-linux-amd64.tar");
  std::vector<std::jthread> writers;
  constexpr int count = 8;
  for (int i = 0; i < count; ++i) {
    writers.emplace_back([&, i] {
      MergeOptions options = work.options({input});
      options.tags = {"tag" + std::to_string(i)};
      merge(options);
    });
  }
  writers.clear();
  const ReadLayout out(work.path("out"));
  out.check();
  EXPECT_EQ(out.tags().size(), count);
}

TEST(MergeOutput, KeepsAnArchiveThatAnotherProcessPutThereMeanwhile) {
  const Workspace work;
  MergeOptions options = tagged(work, "mine", "1");
  options.output = work.path("out.tar");
  options.jobs = 1;
  OnceBegun meanwhile([&] { write_file(options.output, "theirs"); });
  const Error error = error_of([&] { merge(options, meanwhile); });
  EXPECT_EQ(error.code(), Errc::already_exists);
  EXPECT_THAT(error.what(), HasSubstr("out.tar: expected no file of that name, found one"));
  EXPECT_THAT(error.hint(), HasSubstr("--replace"));
  EXPECT_EQ(read_file(options.output), "theirs");
  options.replace = true;
  OnceBegun again([&] { write_file(options.output, "theirs again"); });
  merge(options, again);
  EXPECT_NE(read_file(options.output), "theirs again");
}

}  // namespace
}  // namespace ocimux::test
