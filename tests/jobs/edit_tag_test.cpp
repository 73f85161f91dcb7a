// Names in index.json: tag, untag, and what ls shows of them.

#include <ocimux/jobs/list.hpp>

#include "support/editing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

EditResult tag_as(const std::string& reference, const std::vector<std::string>& tags) {
  return tag({{reference}, tags});
}

std::vector<std::string> names_of(const std::string& layout) {
  std::vector<std::string> names;
  for (const ListedEntry& entry : list(layout).entries) {
    names.push_back(entry.name.empty() ? entry.tag : entry.name);
  }
  return names;
}

TEST(Tag, AddsNamesAndSaysWhatTheyNamed) {
  const auto [work, two, layout] = TwoInLayout();
  const EditResult result = tag_as(layout + ":main", {"velero/velero:1.0", "latest"});
  EXPECT_THAT(names_of(layout), ElementsAre("main", "latest", "docker.io/velero/velero:1.0"));
  ASSERT_THAT(result.names, SizeIs(2));
  for (const EditedName& name : result.names) {
    EXPECT_FALSE(name.before);
    EXPECT_EQ(name.after, digest_of(two.index));
  }
  ReadLayout(layout).check();
}

TEST(Tag, KeepsWhatItHasNoNameForByteForByte) {
  const Workspace work;
  TwoPlatforms two("main");
  const std::string entry =
      R"({"mediaType":"application/vnd.oci.image.index.v1+json","digest":")" + sha256(two.index) +
      R"(","size":)" + std::to_string(two.index.size()) +
      R"(,"platform":{"architecture":"amd64","os":"linux","x.new":[1,{"b":null}]},)"
      R"("annotations":{"z":"1","org.opencontainers.image.ref.name":"main","a":"2"},"x.more":{"y":1.5}})";
  const std::string before =
      R"({"schemaVersion":2,"x.first":true,"manifests":[)" + entry + R"(],"x.last":"é"})";
  two.builder.index_json = before;
  const std::string layout = work.layout("l", two.builder);
  tag_as(layout + ":main", {"2.0"});
  const std::string after = index_json(layout);
  EXPECT_THAT(after,
              testing::StartsWith(R"({"schemaVersion":2,"x.first":true,"manifests":[)" + entry));
  EXPECT_THAT(after, testing::EndsWith(R"(],"x.last":"é"})"));
  untag({{layout + ":2.0"}});
  EXPECT_EQ(index_json(layout), before);
}

TEST(Tag, MovesATagOnlyWhenTold) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string one = builder.simple({"linux", "amd64"}, "one", "1");
  const std::string two = builder.simple({"linux", "amd64"}, "two", "2");
  const std::string layout = work.layout("l", builder);
  const Error error = edit_refusal(work, [&] { tag_as(layout + ":one", {"new", "two"}); });
  EXPECT_EQ(error.code(), Errc::already_exists);
  EXPECT_EQ(error.what(), layout + ": expected no tag 'two', found one");
  const EditResult result = tag({{layout + ":one"}, {"two"}, true});
  EXPECT_EQ(result.names[0].before, digest_of(two));
  EXPECT_EQ(result.names[0].after, digest_of(one));
  EXPECT_THAT(names_of(layout), ElementsAre("one", "two"));
  EXPECT_EQ(tag_as(layout + ":one", {"two"}).names[0].before, digest_of(one)) << "the same again";
}

TEST(Tag, NamesNothingThatIsDamagedOrMissing) {
  const auto [work, two, layout] = TwoInLayout();
  const auto blob = [&](const std::string& text) {
    return layout + "/blobs/sha256/" + sha256(text).substr(7);
  };
  for (const auto& [reference, text] :
       {std::pair(layout + ":main", two.index),
        std::pair(layout + "@" + sha256(two.arm64_image), two.arm64_image)}) {
    std::string damaged = text;
    damaged.back() = ' ';
    write_file(blob(text), damaged);
    const Error wrong = edit_refusal(work, [&] { tag_as(reference, {"new"}); });
    EXPECT_EQ(wrong.code(), Errc::corrupt);
    EXPECT_THAT(wrong.what(), HasSubstr(sha256(text)));
    EXPECT_EQ(edit_refusal(work,
                           [&] {
                             tag({{reference, true}, {"new"}});
                           })
                  .code(),
              Errc::corrupt)
        << "a dry run says the same";
    std::filesystem::remove(blob(text));
    EXPECT_EQ(edit_refusal(work, [&] { tag_as(reference, {"new"}); }).code(), Errc::not_found);
    write_file(blob(text), text);
    tag_as(reference, {"new-" + std::to_string(text.size())});
  }
}

// An index.json may list whatever has a media type, of any size.
TEST(Tag, NamesWhatIsNoDocumentWhereItIsThere) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string disk(std::size_t{5} << 20, 'x');
  builder.blob(disk);
  builder.top(disk, "application/octet-stream", "disk");
  const std::string layout = work.layout("l", builder);
  const std::string archive = work.archive("a.tar", builder);
  for (const std::string& place : {layout, archive}) {
    tag_as(place + ":disk", {"new"});
    EXPECT_THAT(names_of(place), ElementsAre("disk", "new"));
  }
  const std::string blob = layout + "/blobs/sha256/" + sha256(disk).substr(7);
  write_file(blob, "x");
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(layout + ":disk", {"cut"}); }).code(), Errc::corrupt);
  std::filesystem::remove(blob);
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(layout + ":disk", {"x"}); }).code(), Errc::not_found);
}

// Two images may have one tag under two full names; a bare tag must not take both.
TEST(Tag, TakesNoNamesThatItDoesNotMean) {
  const Workspace work;
  LayoutBuilder builder;
  for (const char* name : {"one", "two", "three"}) builder.simple({"linux", "amd64"}, name, name);
  const std::string layout = work.layout("l", builder);
  tag({{layout + ":one"}, {"a/b:main"}});
  tag({{layout + ":two"}, {"c/d:main"}});
  const std::vector<std::string> before = names_of(layout);
  const Error error = edit_refusal(work, [&] { tag({{layout + ":three"}, {"main"}, true}); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_EQ(error.what(), layout +
                              ": expected one image with the tag 'main', found "
                              "docker.io/a/b:main, docker.io/c/d:main");
  EXPECT_EQ(error.hint(), "say the full name, for example docker.io/a/b:main");

  MergeOptions options{{{work.rootfs("app-linux-amd64.tar", "a")}}, layout, {"main"}};
  options.replace = true;
  EXPECT_EQ(edit_refusal(work, [&] { merge(options); }).code(), Errc::conflict);
  EXPECT_EQ(names_of(layout), before);
  options.tags = {"c/d:main"};
  merge(options);
  EXPECT_THAT(names_of(layout), testing::Contains("docker.io/a/b:main"));
}

TEST(Tag, GivesABareTagItsFullName) {
  const auto [work, two, layout] = TwoInLayout();
  tag_as(layout, {"velero/velero:main"});
  EXPECT_THAT(names_of(layout), ElementsAre("docker.io/velero/velero:main"));
}

TEST(Tag, NamesWhatAnIndexListsByItsDigest) {
  const auto [work, two, layout] = TwoInLayout();
  tag_as(layout + "@" + sha256(two.arm64_image), {"main-arm64"});
  const Document entry = ReadLayout(layout).index_json()["manifests"][1];
  EXPECT_EQ(entry["digest"], sha256(two.arm64_image));
  EXPECT_EQ(entry["platform"]["architecture"], "arm64");
}

TEST(Tag, RefusesWhatNamesSeveralOrNothing) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "one", "1");
  builder.simple({"linux", "amd64"}, "two", "2");
  const std::string layout = work.layout("l", builder);
  const Error several = edit_refusal(work, [&] { tag_as(layout, {"new"}); });
  EXPECT_EQ(several.code(), Errc::conflict);
  EXPECT_EQ(several.what(), layout + ": expected one image, found one, two");
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(layout + ":three", {"new"}); }).code(),
            Errc::not_found);
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(layout + ":one", {"No/Name"}); }).code(),
            Errc::invalid_argument);
  EXPECT_EQ(edit_refusal(work, [&] { untag({{layout}}); }).code(), Errc::invalid_argument);
}

TEST(Tag, OfManyAtOnceNoneIsLost) {
  constexpr int crews = 8;
  const auto [work, two, layout] = TwoInLayout();
  std::latch begun(crews);
  std::vector<std::jthread> crew;
  for (int i = 0; i < crews; ++i) {
    crew.emplace_back([&, i] {
      begun.arrive_and_wait();
      tag_as(layout + ":main", {"t" + std::to_string(i)});
    });
  }
  crew.clear();
  EXPECT_THAT(names_of(layout), SizeIs(crews + 1));
}

TEST(Untag, TakesTheEntryAndLeavesTheBlobs) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string one = builder.simple({"linux", "amd64"}, "one", "1");
  builder.top(one, oci_manifest_type, "also");
  builder.simple({"linux", "amd64"}, "two", "2");
  const std::string layout = work.layout("l", builder);
  const auto before = tree(layout);
  const EditResult result = untag({{layout + ":one", layout + ":two"}});
  ASSERT_THAT(result.names, SizeIs(2));
  EXPECT_EQ(result.names[0].before, digest_of(one));
  EXPECT_FALSE(result.names[0].after);
  EXPECT_THAT(names_of(layout), ElementsAre("also"));
  EXPECT_EQ(tree(layout).size(), before.size()) << "blobs stay";
}

TEST(Untag, SaysWhatStillRefersToIt) {
  const Workspace work;
  TwoPlatforms two("main");
  const std::string sbom = artifact(two.builder, two.index, "application/spdx", oci_index_type);
  two.builder.top(sbom, oci_manifest_type);
  const std::string layout = work.layout("l", two.builder);
  RecordingProgress progress;
  untag({{layout + ":main"}}, progress);
  ASSERT_THAT(progress.notes(), SizeIs(1));
  EXPECT_THAT(progress.notes()[0], HasSubstr("what refers to " + sha256(two.index) + " (1)"));
  untag({{layout + "@" + sha256(sbom)}});
  EXPECT_THAT(names_of(layout), SizeIs(0));
}

TEST(Edits, OfAnArchiveWriteItAnewAsMergeWould) {
  const Workspace work;
  const std::string input = work.rootfs("app-linux-amd64.tar");
  MergeOptions options = work.options({input});
  options.tags = {"main"};
  options.output = work.path("a.tar");
  merge(options);
  options.output = work.path("b.tar");
  options.tags = {"main", "new"};
  merge(options);
  tag_as(work.path("a.tar") + ":main", {"new"});
  EXPECT_EQ(read_file(work.path("a.tar")), read_file(work.path("b.tar")));
  tag({{work.path("a.tar") + ":main", true}, {"more"}});
  EXPECT_EQ(read_file(work.path("a.tar")), read_file(work.path("b.tar"))) << "a dry run";
}

TEST(Edits, OfArchivesAtOnceAreAllThere) {
  constexpr int crews = 8;
  const Workspace work;
  const TwoPlatforms two("main");
  const std::string archive = work.archive("a.tar", two.builder);
  std::latch begun(crews);
  std::vector<std::jthread> crew;
  for (int i = 0; i < crews; ++i) {
    crew.emplace_back([&, i] {
      begun.arrive_and_wait();
      tag_as(archive + ":main", {"t" + std::to_string(i)});
    });
  }
  crew.clear();
  EXPECT_THAT(names_of(archive), SizeIs(crews + 1));
  EXPECT_THAT(work.tree(), SizeIs(1)) << "nothing else is left";
}

TEST(Edits, RefuseWhatTheyCannotWrite) {
  const Workspace work;
  const TwoPlatforms two("main");
  const std::string packed =
      work.file("a.tar.gz", compressed_by("gzip", two.builder.archive_bytes()));
  const Error compressed = edit_refusal(work, [&] { tag_as(packed + ":main", {"x"}); });
  EXPECT_EQ(compressed.code(), Errc::unsupported);
  EXPECT_THAT(compressed.what(), HasSubstr("found it compressed"));
  const std::string rootfs = work.rootfs("root.tar");
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(rootfs, {"x"}); }).code(), Errc::unsupported);
  std::string damaged = two.builder.archive_bytes();
  const std::size_t blob = damaged.find(two.index);
  damaged[blob + two.index.find("amd64")] = 'b';
  const std::string archive = work.file("damaged.tar", damaged);
  EXPECT_EQ(edit_refusal(work, [&] { tag_as(archive + ":main", {"x"}); }).code(), Errc::corrupt);
}

TEST(Edits, OfAnArchiveSayWhereADamagedBlobCanBeTakenOut) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.blob("other");
  two.builder.top("other", "text/plain", "other");
  std::string& damaged = two.builder.blobs.at(sha256("other"));
  damaged = "ohter";
  const std::string archive = work.archive("a.tar", two.builder);
  const std::string layout = work.layout("l", two.builder);
  const Error error = edit_refusal(work, [&] { untag({{archive + ":other"}}); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.hint(), HasSubstr("unpack it (tar -C DIR -xf)"));
  untag({{layout + ":other"}});
  EXPECT_THAT(names_of(layout), ElementsAre("main"));
}

TEST(Edits, OfAnArchiveReplaceNoneThatWasPutThereMeanwhile) {
  const Workspace work;
  const TwoPlatforms two("main");
  const TwoPlatforms other("other");
  const std::string archive = work.archive("a.tar", two.builder);
  OnceBegun meanwhile(
      [&] { std::filesystem::rename(work.archive("b.tar", other.builder), archive); });
  const Error error = error_of([&] { tag({{archive + ":main"}, {"new"}}, meanwhile); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("found another or none there"));
  EXPECT_THAT(names_of(archive), ElementsAre("other"));
}

TEST(Edits, KeepWhatAnArchivesLayoutFileSays) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.layout_file = R"({"foreign":1,"imageLayoutVersion":"1.0.0"})";
  const std::string archive = work.archive("a.tar", two.builder);
  tag_as(archive + ":main", {"new"});
  EXPECT_THAT(read_file(archive), HasSubstr(two.builder.layout_file));
}

TEST(Tag, SaysWhatBecomesOfDockersManifestInAnArchive) {
  const Workspace work;
  const TwoPlatforms two("main");
  TarBuilder tar;
  for (const auto& [digest, bytes] : two.builder.blobs) {
    tar.file("blobs/sha256/" + digest.substr(7), bytes);
  }
  tar.file("index.json", two.builder.index_document()).file("oci-layout", two.builder.layout_file);
  tar.file("manifest.json", "[]").file("README", "text");
  const std::string archive = work.file("a.tar", tar.bytes());
  RecordingProgress progress;
  tag({{archive + ":main"}, {"x"}}, progress);
  EXPECT_THAT(progress.notes(),
              testing::UnorderedElementsAre(
                  HasSubstr("'manifest.json', by which Docker's own image store loads images"),
                  HasSubstr("'README' is no part of an OCI layout")));
  EXPECT_THAT(names_of(archive), ElementsAre("main", "x"));
}

TEST(List, SaysKindsPlatformsBytesAndWhatRefersToWhat) {
  const Workspace work;
  TwoPlatforms two("main");
  const std::string sbom = artifact(two.builder, two.index, "application/spdx", oci_index_type);
  two.builder.top(sbom, oci_manifest_type);
  two.builder.top(cosign_signature(two.builder), oci_manifest_type, digest_tag(two.index) + ".sig");
  for (const std::string& place :
       {work.layout("l", two.builder), work.archive("l.tar", two.builder)}) {
    const Listing listing = list(place);
    ASSERT_THAT(listing.entries, SizeIs(3));
    EXPECT_EQ(listing.entries[0].kind, "index");
    EXPECT_THAT(listing.entries[0].platforms, SizeIs(2));
    EXPECT_FALSE(listing.entries[0].subject);
    EXPECT_EQ(listing.entries[1].kind, "artifact");
    EXPECT_EQ(listing.entries[1].subject, digest_of(two.index));
    EXPECT_EQ(listing.entries[2].subject, digest_of(two.index));
    std::int64_t bytes = 0;
    for (const auto& [digest, blob] : two.builder.blobs) {
      bytes += static_cast<std::int64_t>(blob.size());
    }
    EXPECT_EQ(listing.bytes, bytes);
    EXPECT_THAT(list(place + ":main").entries, SizeIs(1));
  }
}

TEST(List, SaysWhatIsMissing) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.blobs.erase(sha256(two.arm64_image));
  const Listing listing = list(work.layout("l", two.builder));
  EXPECT_THAT(listing.entries.at(0).problem, HasSubstr(sha256(two.arm64_image)));
}

}  // namespace
}  // namespace ocimux::test
