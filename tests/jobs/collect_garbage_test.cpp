// gc: what goes, what stays, and what happens when somebody else is at work on the layout.

#include <ocimux/jobs/collect_garbage.hpp>
#include <ocimux/jobs/list.hpp>

#include "layout/change.hpp"
#include "layout/trash.hpp"
#include "support/editing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

fs::path blob_path(const std::string& layout, const std::string& bytes) {
  return fs::path(layout) / "blobs" / "sha256" / sha256(bytes).substr(7);
}

/// A layout with an image and one blob that nothing names.
struct WithGarbage {
  Workspace work;
  LayoutBuilder builder;
  std::string image = builder.simple({"linux", "amd64"}, "main");
  std::string garbage = (builder.blob("garbage"), "garbage");
  std::string layout = work.layout("l", builder);

  [[nodiscard]] bool is_there() const { return fs::exists(blob_path(layout, garbage)); }
};

TEST(Gc, RemovesWhatNothingNamesAndSaysTheBytes) {
  const WithGarbage one;
  const auto before = tree(one.layout);
  const Garbage would = collect_garbage({one.layout, true});
  EXPECT_EQ(tree(one.layout), before);
  const Garbage result = collect_garbage({one.layout});
  for (const Garbage& garbage : {would, result}) {
    ASSERT_THAT(garbage.removed, SizeIs(1));
    EXPECT_EQ(garbage.removed[0].digest, digest_of("garbage"));
    EXPECT_EQ(garbage.bytes, 7);
    EXPECT_EQ(garbage.reached, 3U);
  }
  EXPECT_FALSE(one.is_there());
  EXPECT_EQ(tree(one.layout).size(), before.size() - 1);
  ReadLayout(one.layout).check();
  EXPECT_THAT(collect_garbage({one.layout}).removed, IsEmpty());
}

TEST(Gc, KeepsAllThatDocumentsName) {
  const Workspace work;
  TwoPlatforms two("main");
  LayoutBuilder& builder = two.builder;
  // Named by its referrer alone, which stands in index.json without a name.
  const std::string subject = builder.image({.platform = {"linux", "s390x"}, .layers = {"s"}});
  builder.top(artifact(builder, subject), oci_manifest_type);
  // A list of referrers under a tag, cosign's signature, an attestation in an index.
  const std::string listed = artifact(builder, two.index, "application/listed", oci_index_type);
  builder.top(builder.index({descriptor(oci_manifest_type, listed)}), oci_index_type,
              digest_tag(two.index));
  builder.top(cosign_signature(builder), oci_manifest_type, digest_tag(two.index) + ".sig");
  const std::string attested = builder.image({.layers = {"t"}});
  builder.top(builder.index({LayoutBuilder::image_descriptor(attested, {"linux", "amd64"}),
                             listed_attestation(builder, attested)}),
              oci_index_type, "attested");
  // An index in an index, an unknown kind of document, and members that have no name.
  builder.top(builder.index({descriptor(oci_index_type, builder.index({}))}), oci_index_type,
              "deep");
  builder.blob("named by something new");
  const std::string unknown = R"({"blobs":[)" + descriptor("x/y", "named by something new") + "]}";
  builder.blob(unknown);
  builder.top(unknown, "application/vnd.oci.artifact.manifest.v1+json", "unknown");
  builder.blob("a member");
  builder.top(builder.index({}, false, R"(,"x.new":[)" + descriptor("x/y", "a member") + "]"),
              oci_index_type, "new");
  const std::string layout = work.layout("l", builder);
  const Garbage result = collect_garbage({layout});
  std::string names;
  for (const GarbageBlob& blob : result.removed) {
    names += builder.blobs[blob.digest.string()] + "\n";
  }
  EXPECT_EQ(names, "");
}

TEST(Gc, ASubjectMayBeMissing) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(artifact(builder, "a manifest elsewhere"), oci_manifest_type);
  builder.blob("garbage");
  EXPECT_THAT(collect_garbage({work.layout("l", builder)}).removed, SizeIs(1));
}

TEST(Gc, ADocumentMayBeEmbedded) {
  const Workspace work;
  LayoutBuilder builder;
  builder.blob("layer");
  const std::string index = R"({"schemaVersion":2,"manifests":[]})";
  builder.top_descriptor(descriptor(
      oci_index_type, index, R"(,"data":"eyJzY2hlbWFWZXJzaW9uIjoyLCJtYW5pZmVzdHMiOltdfQ==")"));
  EXPECT_THAT(collect_garbage({work.layout("l", builder)}).removed, SizeIs(1));
}

TEST(Gc, RemovesNothingWhereADocumentIsMissingOrDamaged) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.blob("garbage");
  const auto missing = [&](const std::string& blob) {
    LayoutBuilder builder = two.builder;
    builder.blobs.erase(sha256(blob));
    return builder;
  };
  const auto damaged = [&](const std::string& blob) {
    LayoutBuilder builder = two.builder;
    builder.blobs[sha256(blob)].back() = ' ';
    return builder;
  };
  int number = 0;
  for (const auto& [builder, code] : {std::pair(missing(two.index), Errc::not_found),
                                      {missing(two.arm64_image), Errc::not_found},
                                      {damaged(two.index), Errc::corrupt},
                                      {damaged(two.arm64_image), Errc::corrupt}}) {
    const std::string layout = work.layout("l" + std::to_string(number++), builder);
    const Error error = edit_refusal(work, [&] { collect_garbage({layout}); });
    EXPECT_EQ(error.code(), code);
    EXPECT_THAT(error.what(), HasSubstr("sha256:"));
    EXPECT_THAT(error.hint(), HasSubstr("nothing was removed"));
  }
}

TEST(Gc, NamesADocumentOfAnotherSizeOnce) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.blobs[sha256(two.index)].pop_back();
  const std::string layout = work.layout("l", two.builder);
  const std::string text = edit_refusal(work, [&] { collect_garbage({layout}); }).what();
  EXPECT_THAT(text, HasSubstr(sha256(two.index)));
  EXPECT_EQ(text.find(sha256(two.index)), text.rfind(sha256(two.index)));
}

TEST(Gc, LeavesWhatIsNoBlob) {
  const WithGarbage one;
  const fs::path blobs = fs::path(one.layout) / "blobs";
  write_file(blobs / "sha256" / "README", "x");
  fs::create_directories(blobs / "sha256" / std::string(64, 'a'));
  fs::create_directories(blobs / "blake3");
  fs::create_symlink(blob_path(one.layout, one.image), blobs / "sha256" / std::string(64, 'b'));
  const Garbage result = collect_garbage({one.layout});
  EXPECT_THAT(result.foreign, ElementsAre("blobs/blake3", "blobs/sha256/README",
                                          "blobs/sha256/" + std::string(64, 'a'),
                                          "blobs/sha256/" + std::string(64, 'b')));
  EXPECT_THAT(result.removed, SizeIs(1));
  EXPECT_TRUE(fs::is_symlink(blobs / "sha256" / std::string(64, 'b')));
}

TEST(Gc, SaysWhatHasFurtherNames) {
  const WithGarbage one;
  fs::create_hard_link(blob_path(one.layout, one.garbage), one.work.path("other"));
  const Garbage result = collect_garbage({one.layout});
  EXPECT_EQ(result.linked, 1U);
  EXPECT_EQ(result.linked_bytes, 7);
  EXPECT_EQ(read_file(one.work.path("other")), "garbage");
}

TEST(Gc, RefusesWhatIsNoLayout) {
  const WithGarbage one;
  EXPECT_EQ(edit_refusal(one.work, [&] { collect_garbage({one.layout + ":main"}); }).code(),
            Errc::invalid_argument);
  EXPECT_EQ(edit_refusal(one.work, [&] { collect_garbage({one.work.path("")}); }).code(),
            Errc::corrupt);
}

// --- with others at work ----------------------------------------------------------------------

Index listing(Index index, const std::string& bytes) {
  index.manifests.push_back(
      {"application/x", digest_of(bytes), static_cast<std::int64_t>(bytes.size())});
  return index;
}

TEST(Gc, LeavesWhatAChangeAtWorkReliesOn) {
  const WithGarbage one;
  write_file(blob_path(one.layout, "other"), "other");
  LayoutChange change(one.layout);
  ASSERT_TRUE(change.contains(digest_of("garbage"), 7));
  const Garbage result = collect_garbage({one.layout});
  ASSERT_THAT(result.spared, SizeIs(1));
  EXPECT_EQ(result.spared[0].digest, digest_of("garbage"));
  ASSERT_THAT(result.removed, SizeIs(1));
  EXPECT_EQ(result.removed[0].digest, digest_of("other"));
  EXPECT_FALSE(change.contains(digest_of("other"), 5)) << "who looks now gathers it";
  change.publish([](const Index& index) { return listing(index, "garbage"); });
  EXPECT_TRUE(one.is_there());
  EXPECT_THAT(collect_garbage({one.layout}).removed, IsEmpty());
}

// The first task begins when what is garbage is decided, and nothing is moved.
TEST(Gc, BringsBackWhatAChangeReliesOnMeanwhile) {
  const WithGarbage one;
  write_file(blob_path(one.layout, "other"), "other");
  std::optional<LayoutChange> change;
  OnceBegun meanwhile([&] {
    change.emplace(one.layout);
    ASSERT_TRUE(change->contains(digest_of("garbage"), 7));
  });
  const Garbage result = collect_garbage({one.layout}, meanwhile);
  ASSERT_THAT(result.spared, SizeIs(1));
  ASSERT_THAT(result.removed, SizeIs(1));
  EXPECT_EQ(result.removed[0].digest, digest_of("other"));
  EXPECT_EQ(result.bytes, 5);
  change->publish([](const Index& index) { return listing(index, "garbage"); });
  EXPECT_TRUE(one.is_there());
}

TEST(Gc, BringsAllBackToAChangeThatDoesNotSayWhatItReliesOn) {
  const WithGarbage one;
  std::optional<Staging> older;
  OnceBegun meanwhile([&] { older.emplace(one.layout, ""); });
  EXPECT_THAT(collect_garbage({one.layout}, meanwhile).removed, IsEmpty());
  EXPECT_TRUE(one.is_there());
}

TEST(Gc, StoppedInTheMiddleBringsAllBack) {
  const WithGarbage one;
  std::stop_source stop;
  OnceBegun meanwhile([&] { stop.request_stop(); });
  const Error error =
      edit_refusal(one.work, [&] { collect_garbage({one.layout}, meanwhile, stop.get_token()); });
  EXPECT_EQ(error.code(), Errc::cancelled);
}

TEST(Gc, OfAnArchiveWritesItAnew) {
  const WithGarbage one;
  const std::string archive = one.work.archive("a.tar", one.builder);
  EXPECT_THAT(collect_garbage({archive}).removed, SizeIs(1));
  LayoutBuilder clean = one.builder;
  clean.blobs.erase(sha256("garbage"));
  EXPECT_EQ(list(archive).bytes, list(one.work.archive("b.tar", clean)).bytes);
  EXPECT_EQ(read_file(archive).find("garbage"), std::string::npos);
  const std::string before = read_file(archive);
  EXPECT_THAT(collect_garbage({archive}).removed, IsEmpty());
  EXPECT_EQ(read_file(archive), before);
}

TEST(Gc, LeavesAllToAChangeThatDoesNotSayWhatItReliesOn) {
  const WithGarbage one;
  const Staging older(one.layout, "");
  const Garbage result = collect_garbage({one.layout});
  EXPECT_THAT(result.removed, IsEmpty());
  EXPECT_THAT(result.spared, SizeIs(1));
  EXPECT_TRUE(one.is_there());
}

/// Runs @p work in a process that then is killed.
template <typename Work>
void killed_after(Work&& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST(Gc, RemovesWhatTheDeadHaveLeft) {
  const WithGarbage one;
  killed_after([&] {
    LayoutChange change(one.layout);
    change.put("unfinished");
    static_cast<void>(change.contains(digest_of("garbage"), 7));
    ::raise(SIGKILL);
  });
  const Garbage result = collect_garbage({one.layout});
  EXPECT_EQ(result.abandoned, 1U);
  EXPECT_THAT(result.removed, SizeIs(1)) << "the dead rely on nothing";
  for (const auto& [name, content] : one.work.tree()) {
    EXPECT_EQ(name.find(".ocimux-"), std::string::npos) << name;
  }
}

// The moment in which a change finds a blob, and a collection that knows nothing of that yet has
// moved it away, and dies.
TEST(Gc, KilledBeforeItBringsBackLosesNothing) {
  const WithGarbage one;
  LayoutChange change(one.layout);
  ASSERT_TRUE(change.contains(digest_of("garbage"), 7));
  killed_after([&] {
    Trash trash(one.layout);
    trash.take(digest_of("garbage"));
    ::raise(SIGKILL);
  });
  EXPECT_FALSE(one.is_there());
  change.publish([](const Index& index) { return listing(index, "garbage"); });
  EXPECT_TRUE(one.is_there());
}

TEST(Gc, WhatAKilledOneMovedAwayComesBackWithTheNextChange) {
  const WithGarbage one;
  LayoutChange first(one.layout);
  ASSERT_TRUE(first.contains(digest_of("garbage"), 7));
  killed_after([&] {
    Trash trash(one.layout);
    trash.take(digest_of("garbage"));
    ::raise(SIGKILL);
  });
  { const LayoutChange second(one.layout); }  // cleans up
  EXPECT_TRUE(one.is_there());
  first.publish([](const Index& index) { return listing(index, "garbage"); });
  EXPECT_TRUE(one.is_there());
}

// Merges of what is garbage until they publish, and collections, in turn at every step.
TEST(Gc, AndMergesInTurnNeitherFailNorLose) {
  const Workspace work;
  const std::string a = work.rootfs("app-linux-amd64.tar", "a");
  const std::string layout = work.path("out");
  for (int round = 0; round < 8; ++round) {
    MergeOptions options = work.options({a});
    options.tags = {"main"};
    options.replace = true;
    // Whatever progress is told of is a step of the merge.
    class Collecting final : public Progress {
     public:
      explicit Collecting(std::string path) : path_(std::move(path)) {}
      Task begin(std::string_view, std::int64_t) override { return collect(), 1; }
      void advance(Task, std::int64_t) override { collect(); }
      void end(Task) override { collect(); }
      void note(std::string_view) override { collect(); }
      void warn(std::string_view) override { collect(); }
      std::size_t times = 0;

     private:
      void collect() {
        if (!fs::exists(fs::path(path_) / "index.json")) return;
        ++times;
        collect_garbage({path_});
      }
      std::string path_;
    } collecting(layout);
    merge(options, collecting);
    if (round > 0) {
      EXPECT_GT(collecting.times, 0U);
    }
    ReadLayout(layout).check();
    untag({{layout + ":main"}});
  }
}

}  // namespace
}  // namespace ocimux::test
