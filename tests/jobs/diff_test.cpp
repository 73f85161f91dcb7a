#include <ocimux/jobs/diff.hpp>

#include "jobs/diff_side.hpp"
#include "jobs/document_difference.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>

#include <gtest/gtest.h>
#include <cstdlib>

#include <map>
#include <mutex>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t earlier = 1'700'000'000;
constexpr std::int64_t later = 1'700'009'999;

/// `name: before -> after` of each, `@` in front of times.
std::vector<std::string> texts(const std::vector<ValueDifference>& values) {
  std::vector<std::string> all;
  for (const ValueDifference& value : values) {
    all.push_back((value.time ? "@" : "") + value.name + ": " + value.before.value_or("-") +
                  " -> " + value.after.value_or("-"));
  }
  return all;
}

/// `+ path`, `- path` or `path: aspect aspect` of each.
std::vector<std::string> texts(const std::vector<FileDifference>& files) {
  std::vector<std::string> all;
  for (const FileDifference& file : files) {
    std::string text = !file.before ? "+ " : !file.after ? "- " : "";
    text += file.path();
    for (const FileAspect aspect : file.aspects) text += " " + std::string(name_of(aspect));
    all.push_back(text);
  }
  return all;
}

std::vector<std::string> differences(const std::string& before, const std::string& after) {
  return texts(document_difference(Json::parse(before), Json::parse(after)));
}

TEST(DocumentDifference, GoesByPlaceAndValue) {
  EXPECT_THAT(differences(R"({"a":1,"b":{"c":"x","d":[1,2]},"gone":true})",
                          R"({"a":1,"b":{"c":"y","d":[2,1]},"new":{"e.f":"z"}})"),
              ElementsAre("b.c: x -> y", "b.d: [1,2] -> [2,1]", "gone: true -> -",
                          R"(new["e.f"]: - -> z)"));
  EXPECT_THAT(differences(R"({"config":{"Env":["A=1","B=2","C=3"]}})",
                          R"({"config":{"Env":["A=1","B=x=y"]}})"),
              ElementsAre("config.Env.B: 2 -> x=y", "config.Env.C: 3 -> -"));
  EXPECT_THAT(differences(R"({"history":[{"created_by":"a"},{"created_by":"b"}]})",
                          R"({"history":[{"created_by":"a"},{"created_by":"c"}]})"),
              ElementsAre("history[1].created_by: b -> c"));
}

TEST(DocumentDifference, KnowsTimesAndNothingElseAsSuch) {
  EXPECT_THAT(differences(R"({"created":"2026-01-01T00:00:00Z"})",
                          R"({"created":"2027-01-01T00:00:00.123+01:00"})"),
              ElementsAre("@created: 2026-01-01T00:00:00Z -> 2027-01-01T00:00:00.123+01:00"));
  for (const char* other : {R"("2027")", R"("yesterday")", "1", R"("2027-01-01T00:00:00 or so")"}) {
    const auto found =
        document_difference(Json::parse(R"({"created":"2026-01-01T00:00:00Z"})"),
                            Json::parse(std::string(R"({"created":)") + other + "}"));
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_FALSE(found[0].time) << other;
  }
}

TEST(DocumentDifference, TakesATimeOfCreationThatOnlyOneHasForATime) {
  const std::string time = R"("2026-01-01T00:00:00Z")";
  EXPECT_THAT(differences("{}", R"({"created":)" + time + "}"),
              ElementsAre("@created: - -> 2026-01-01T00:00:00Z"));
  EXPECT_THAT(differences(R"({"created":)" + time + "}", R"({"created":null})"),
              ElementsAre("@created: 2026-01-01T00:00:00Z -> -"));
  EXPECT_THAT(differences(R"({"history":[{"created":)" + time + R"(},{"comment":"c"}]})",
                          R"({"history":[{},{"created":)" + time + R"(,"comment":"c"}]})"),
              ElementsAre("@history[0].created: 2026-01-01T00:00:00Z -> -",
                          "@history[1].created: - -> 2026-01-01T00:00:00Z"));
  EXPECT_THAT(
      differences(R"({"annotations":{"org.opencontainers.image.created":)" + time + "}}", "{}"),
      ElementsAre(R"(@annotations["org.opencontainers.image.created"]: )"
                  "2026-01-01T00:00:00Z -> -"));
}

TEST(DocumentDifference, TakesATimeInTheEnvironmentForATime) {
  EXPECT_THAT(differences(R"({"config":{"Env":["A=b","BUILT=2026-01-01T00:00:00Z"]}})",
                          R"({"config":{"Env":["A=b","BUILT=2027-01-01T00:00:00Z"]}})"),
              ElementsAre("@config.Env.BUILT: 2026-01-01T00:00:00Z -> 2027-01-01T00:00:00Z"));
  EXPECT_THAT(differences(R"({"config":{"Env":["BUILT=2026-01-01T00:00:00Z","A=b"]}})",
                          R"({"config":{"Env":["A=b","BUILT=2027-01-01T00:00:00Z"]}})"),
              ElementsAre(testing::StartsWith("@config.Env.BUILT: "), testing::StartsWith("form")))
      << "in another order, too";
}

TEST(DocumentDifference, TakesNothingElseThatIsMissingForATime) {
  const std::string time = R"("2026-01-01T00:00:00Z")";
  EXPECT_THAT(differences("{}", R"({"expires":)" + time + "}"),
              ElementsAre("expires: - -> 2026-01-01T00:00:00Z"));
  EXPECT_THAT(differences("{}", R"({"created":"yesterday"})"),
              ElementsAre("created: - -> yesterday"));
  EXPECT_THAT(differences(R"({"history":[{"created":)" + time + "}]}",
                          R"({"history":[{"created":)" + time + R"(},{"created":)" + time + "}]}"),
              ElementsAre("@history[1].created: - -> 2026-01-01T00:00:00Z", "form: - -> -"))
      << "a layer's entry more is more than a time";
  EXPECT_THAT(differences(R"({"created":)" + time + R"(,"a":1,"b":2})", R"({"b":2,"a":1})"),
              ElementsAre("@created: 2026-01-01T00:00:00Z -> -", "form: - -> -"));
}

// An order that depends on chance is what makes builds irreproducible; beside times it must show.
TEST(DocumentDifference, TellsOfAnotherOrder) {
  EXPECT_THAT(differences(R"({"a":1,"b":2})", R"({"b":2,"a":1})"), ElementsAre("form: - -> -"));
  EXPECT_THAT(differences(R"({"Env":["A=1","B=2"]})", R"({"Env":["B=2","A=1"]})"),
              ElementsAre("form: - -> -"));
  EXPECT_THAT(differences(R"({"created":"2026-01-01T00:00:00Z","Env":["A=1","B=2"]})",
                          R"({"created":"2027-01-01T00:00:00Z","Env":["B=2","A=1"]})"),
              SizeIs(2));
  EXPECT_THAT(differences(R"({"a":1,"b":[]})", R"({"a":1,"b":[]})"), IsEmpty());
}

struct Built {
  std::int64_t mtime = earlier;
  std::string app = "application";
  unsigned mode = 0755;
  bool other_order = false;
  std::string created = "2026-01-01T00:00:00Z";
  std::string config = {};
  std::string index_members = {};
  LayoutBuilder::Platform platform = {};
};

std::string layer_of(const Built& built) {
  TarBuilder tar;
  if (built.other_order) tar.add({.path = "etc/conf", .content = "c", .mtime = built.mtime});
  tar.add({.path = "bin/app", .content = built.app, .mode = built.mode, .mtime = built.mtime});
  if (!built.other_order) tar.add({.path = "etc/conf", .content = "c", .mtime = built.mtime});
  return tar.bytes();
}

std::string image_of(LayoutBuilder& builder, const Built& built,
                     const std::vector<std::string>& more_layers = {}) {
  std::vector<std::string> layers{layer_of(built)};
  layers.insert(layers.end(), more_layers.begin(), more_layers.end());
  const std::string created =
      built.created.empty() ? "" : R"(,"created":")" + built.created + R"(")";
  return builder.image(
      {.platform = built.platform, .layers = layers, .config_members = created + built.config});
}

class DiffTest : public testing::Test {
 protected:
  std::string layout(const Built& built, const std::vector<std::string>& more_layers = {}) {
    LayoutBuilder builder;
    const std::string image = image_of(builder, built, more_layers);
    builder.top(builder.index({LayoutBuilder::image_descriptor(image, built.platform)}, false,
                              built.index_members),
                oci_index_type, "main");
    return work.layout("layout" + std::to_string(++count_), builder);
  }
  Diff compare(const std::string& before, const std::string& after) {
    return diff({.before = before, .after = after, .jobs = 2});
  }
  Diff compare(const Built& before, const Built& after) {
    return compare(layout(before), layout(after));
  }
  Workspace work;

 private:
  int count_ = 0;
};

TEST_F(DiffTest, FindsNothingBetweenTheSame) {
  const Diff found = compare(Built{}, Built{});
  EXPECT_TRUE(found.same());
  EXPECT_FALSE(found.only_times());
  EXPECT_EQ(found.images, 1U);
  EXPECT_TRUE(found.digest_before.has_value());
  EXPECT_EQ(found.digest_before, found.digest_after);
}

TEST_F(DiffTest, TimeStampsAloneAreSaidToBeJustThat) {
  const Diff found = compare({}, {.mtime = later, .created = "2026-02-02T00:00:00Z"});
  EXPECT_FALSE(found.same());
  EXPECT_TRUE(found.only_times());
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].files), ElementsAre("/bin/app time", "/etc/conf time"));
  EXPECT_THAT(texts(found.differing[0].config),
              ElementsAre("@created: 2026-01-01T00:00:00Z -> 2026-02-02T00:00:00Z"));
  ASSERT_THAT(found.differing[0].layers, SizeIs(1));
  EXPECT_EQ(found.differing[0].layers[0].relation, LayerRelation::same_but_times);
}

TEST_F(DiffTest, OneThatDoesNotSayWhenItWasMadeDiffersInTimeStampsOnly) {
  const Built with{
      .config = R"(,"history":[{"created":"2026-01-01T00:00:00Z","comment":"c"}])",
      .index_members =
          R"(,"annotations":{"org.opencontainers.image.created":"2026-01-01T00:00:00Z"})"};
  const Built without{.created = "", .config = R"(,"history":[{"comment":"c"}])"};
  EXPECT_TRUE(compare(with, without).only_times());
  EXPECT_TRUE(compare(without, with).only_times());
  Built other = without;
  other.config = R"(,"history":[{"comment":"d"}])";
  EXPECT_FALSE(compare(with, other).only_times());
}

TEST_F(DiffTest, WhatElseDiffersBesideTimesIsNoMatterOfTimes) {
  const Built times{.mtime = later, .created = "2026-02-02T00:00:00Z"};
  Built other = times;
  other.mode = 0700;
  EXPECT_FALSE(compare({}, other).only_times());
  other = times;
  other.app = "Application";
  EXPECT_FALSE(compare({}, other).only_times());
  other = times;
  other.other_order = true;
  const Diff order = compare({}, other);
  EXPECT_FALSE(order.only_times()) << "the order of members is another";
  EXPECT_EQ(order.differing.at(0).layers.at(0).relation, LayerRelation::other);
  other = times;
  other.config = R"(,"author":"me")";
  EXPECT_FALSE(compare({}, other).only_times());
  other = times;
  other.index_members = R"(,"annotations":{"a":"b"})";
  EXPECT_FALSE(compare({}, other).only_times());
}

TEST_F(DiffTest, NamesWhatDiffersInFiles) {
  LayoutBuilder builder;
  TarBuilder before;
  before.add({.path = "same", .content = "1"}).add({.path = "content", .content = "1"});
  before.add({.path = "mode", .content = "1", .mode = 0644}).symlink("link", "a");
  before.add({.path = "owner", .content = "1"}).file("gone", "1").file("kind", "1");
  before.add({.path = "tty", .type = '3', .major = 5}).file("x", "1").hard_link("y", "x");
  before.file("xattr", "1").file("many", "1").directory("d");
  TarBuilder after;
  after.add({.path = "same", .content = "1"}).add({.path = "content", .content = "2"});
  after.add({.path = "mode", .content = "1", .mode = 0755}).symlink("link", "b");
  after.add({.path = "owner", .content = "1", .uid = 5}).file("new", "1").directory("kind");
  after.add({.path = "tty", .type = '3', .major = 6}).file("x", "1").file("y", "1");
  after.add({.path = "xattr", .content = "1", .xattrs = {{"user.a", "b"}}});
  after.add({.path = "many", .content = "12", .mode = 0600, .gid = 1, .mtime = later});
  after.add({.path = "d", .type = '5', .mode = 0755, .mtime = later});
  const std::string a = work.file("a-linux-amd64.tar", before.bytes());
  const std::string b = work.file("b-linux-amd64.tar", after.bytes());
  const Diff found = compare(a, b);
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].files),
              ElementsAre("/content content", "/d time", "- /gone", "/kind kind", "/link target",
                          "/many content mode owner time", "/mode mode", "+ /new", "/owner owner",
                          "/tty device", "/xattr xattrs", "/y links"));
  EXPECT_FALSE(found.only_times());
}

TEST_F(DiffTest, OfTarsIsWhatDiffersInTheirLayers) {
  const auto tar = [&](const std::string& name, const Built& built) {
    return work.file(name + ".tar", layer_of(built));
  };
  const std::string one = tar("one", {});
  EXPECT_TRUE(compare(one, tar("same", {})).same());
  EXPECT_TRUE(compare(one, work.file("z.tar.gz", compressed_by("gzip", layer_of({})))).same());
  const Diff times = compare(one, tar("times", {.mtime = later}));
  EXPECT_TRUE(times.only_times());
  EXPECT_EQ(times.differing.at(0).layers.at(0).relation, LayerRelation::same_but_times);
  const Diff order = compare(one, tar("order", {.other_order = true}));
  EXPECT_FALSE(order.same());
  EXPECT_FALSE(order.only_times());
  EXPECT_THAT(order.differing.at(0).files, IsEmpty());
  EXPECT_EQ(order.differing.at(0).layers.at(0).relation, LayerRelation::other);
}

TEST_F(DiffTest, OfATarAndTheImageMadeOfItAreTheFiles) {
  const std::string tar = work.file("some.tar", layer_of({}));
  EXPECT_TRUE(compare(tar, layout({})).same()) << "a config is none of the tar's things";
  const Diff found = compare(layout({.app = "other"}), tar);
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].files), ElementsAre("/bin/app content"));
  EXPECT_THAT(found.differing[0].config, IsEmpty());
  const std::string saved = work.file("saved.tar", docker_archive({.layers = {layer_of({})}}));
  EXPECT_THAT(compare(tar, saved).differing, IsEmpty());
}

TEST_F(DiffTest, OfLayersSaysHowTheyAreAlike) {
  const std::string layer = layer_of({});
  const auto with = [&](const std::string& stored, const std::string& tar) {
    LayoutBuilder builder;
    const std::string image = builder.image({.layers = {tar}, .gzip_layers = false});
    std::string manifest = image;
    const auto replace = [&](const std::string& from, const std::string& to) {
      manifest.replace(manifest.find(from), from.size(), to);
    };
    replace(sha256(tar), builder.blob(stored));
    replace("\"size\":" + std::to_string(tar.size()), "\"size\":" + std::to_string(stored.size()));
    builder.blob(manifest);
    builder.top(manifest, oci_manifest_type, "main");
    return work.layout("l" + sha256(manifest).substr(7), builder);
  };
  const auto relation = [&](const std::string& a, const std::string& b) {
    const Diff found = compare(a, b);
    return found.differing.at(0).layers.at(0).relation;
  };
  const std::string gzip = compressed_by("gzip -n", layer);
  std::string stamped = gzip;
  stamped[4] = 'x';
  const std::string plain = with(layer, layer);
  const std::string zipped = with(gzip, layer);
  const std::string zipped_later = with(stamped, layer);
  EXPECT_EQ(relation(plain, zipped), LayerRelation::same_content);
  EXPECT_EQ(relation(zipped, zipped_later), LayerRelation::gzip_time);
  EXPECT_TRUE(compare(zipped, zipped_later).only_times());
  const std::string harder = with(compressed_by("gzip -n -9", layer), layer);
  EXPECT_EQ(relation(harder, zipped_later), LayerRelation::same_content);
  EXPECT_FALSE(compare(harder, zipped_later).only_times());
  TarBuilder gnu("gnutar");
  gnu.add({.path = "bin/app", .content = "application", .mode = 0755});
  gnu.add({.path = "etc/conf", .content = "c"});
  ASSERT_NE(gnu.bytes(), layer);
  EXPECT_EQ(relation(plain, with(gnu.bytes(), gnu.bytes())), LayerRelation::same_members);
  const std::string other = layer_of({.app = "x"});
  EXPECT_EQ(relation(plain, with(other, other)), LayerRelation::other);
}

TEST_F(DiffTest, OtherTimesThanThatOfTheContentAreTimesToo) {
  // As GNU tar's pax headers and those of layers of Windows have them.
  const auto read_at = [&](const std::string& name, const std::string& record, long nanoseconds) {
    std::string tar =
        TarBuilder()
            .add({.path = "bin/app", .content = "x", .mtime_nanoseconds = nanoseconds})
            .bytes();
    constexpr std::string_view written = "mtime=";
    tar.replace(tar.find(written), written.size(), record);
    return work.file(name, tar);
  };
  for (const std::string record : {"atime=", "ctime="}) {
    const Diff found =
        compare(read_at("a.tar", record, 100'000'001), read_at("b.tar", record, 100'000'002));
    EXPECT_TRUE(found.only_times()) << record;
    EXPECT_EQ(found.differing.at(0).layers.at(0).relation, LayerRelation::same_but_times);
    EXPECT_THAT(found.differing.at(0).files, IsEmpty());
  }
}

TEST_F(DiffTest, NamesOfOwnersAreNoTimes) {
  const auto owned_by = [&](const std::string& user, const std::string& time) {
    const std::string name = user + time + ".tar";
    const std::string root = work.path("root");
    const std::string command = "mkdir -p '" + root + "' && echo x > '" + root +
                                "/x' && tar --owner=" + user + ":0 --mtime=@" + time + " -C '" +
                                root + "' -cf '" + work.path(name) + "' x";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return work.path(name);
  };
  EXPECT_TRUE(compare(owned_by("a", "1"), owned_by("a", "2")).only_times());
  const Diff both = compare(owned_by("a", "1"), owned_by("b", "2"));
  EXPECT_FALSE(both.only_times());
  EXPECT_EQ(both.differing.at(0).layers.at(0).relation, LayerRelation::same_members);
}

TEST_F(DiffTest, LayersThatWereAddedAreSaidToBeJustThat) {
  const std::string top = TarBuilder().file("added", "1").bytes();
  const Diff found = compare(layout({}), layout({}, {top}));
  ASSERT_THAT(found.differing, SizeIs(1));
  const ImageDifference& image = found.differing[0];
  ASSERT_THAT(image.layers, SizeIs(1));
  EXPECT_EQ(image.layers[0].relation, LayerRelation::only_after);
  EXPECT_EQ(image.layers[0].place_after, 1U);
  EXPECT_THAT(texts(image.files), ElementsAre("+ /added"));
  EXPECT_THAT(image.manifest, IsEmpty());
  // And below, where all that follow are the same.
  const Diff below = compare(layout({}, {top}), work.layout("b", [&] {
    LayoutBuilder builder;
    builder.top(builder.image({.layers = {TarBuilder().file("low", "1").bytes(), layer_of({}), top},
                               .config_members = R"(,"created":"2026-01-01T00:00:00Z")"}),
                oci_manifest_type, "main");
    return builder;
  }()));
  ASSERT_THAT(below.differing, SizeIs(1));
  ASSERT_THAT(below.differing[0].layers, SizeIs(1));
  EXPECT_EQ(below.differing[0].layers[0].place_after, 0U);
}

/// Counts what is begun.
class Begun final : public Progress {
 public:
  Task begin(std::string_view name, std::int64_t /*bytes*/) override {
    const std::lock_guard lock(mutex_);
    ++counts[std::string(name.substr(0, name.find(" (")))];
    return 0;
  }
  void advance(Task /*task*/, std::int64_t /*bytes*/) override {}
  void end(Task /*task*/) override {}
  void note(std::string_view /*text*/) override {}
  void warn(std::string_view /*text*/) override {}
  std::map<std::string, int> counts;

 private:
  std::mutex mutex_;
};

TEST_F(DiffTest, ReadsLayersThatBothBeginWithOnce) {
  const std::string lower = TarBuilder().file("lower", "1").symlink("bin", "usr/bin").bytes();
  const std::string old_top = TarBuilder().file("bin/x", "1").file(".wh.lower", "").bytes();
  const std::string new_top = TarBuilder().file("bin/y", "1").bytes();
  Begun begun;
  const Diff found = diff({layout({}, {lower, old_top}), layout({}, {lower, new_top})}, begun);
  EXPECT_THAT(begun.counts, testing::UnorderedElementsAre(testing::Pair("reading layer 1", 1),
                                                          testing::Pair("reading layer 2", 1),
                                                          testing::Pair("reading layer 3", 2)));
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].files),
              ElementsAre("+ /lower", "- /usr/bin/x", "+ /usr/bin/y"));
}

TEST_F(DiffTest, PairsImagesByPlatform) {
  const auto index = [&](const std::string& name, const std::vector<Built>& all) {
    LayoutBuilder builder;
    std::vector<std::string> descriptors;
    for (const Built& built : all) {
      descriptors.push_back(
          LayoutBuilder::image_descriptor(image_of(builder, built), built.platform));
    }
    builder.top(builder.index(descriptors), oci_index_type, "main");
    return work.layout(name, builder);
  };
  const Built amd64{};
  const Built arm64{.platform = {"linux", "arm64"}};
  const Built s390x{.platform = {"linux", "s390x"}};
  const Built old_windows{.platform = {"windows", "amd64", "", "10.0.20348.1"}};
  const Built new_windows{.platform = {"windows", "amd64", "", "10.0.20348.2"}};
  const std::string a = index("a", {amd64, arm64, old_windows});
  const std::string b = index("b", {s390x, amd64, new_windows});
  const Diff found = compare(a, b);
  ASSERT_THAT(found.only_before, SizeIs(1));
  EXPECT_EQ(found.only_before[0].string(), "linux/arm64");
  ASSERT_THAT(found.only_after, SizeIs(1));
  EXPECT_EQ(found.only_after[0].string(), "linux/s390x");
  ASSERT_THAT(found.differing, SizeIs(1)) << "the build of Windows";
  EXPECT_THAT(texts(found.differing[0].descriptor),
              ElementsAre(R"(platform["os.version"]: 10.0.20348.1 -> 10.0.20348.2)"));
  EXPECT_EQ(found.images, 2U);

  DiffOptions options{a, b, {Platform::parse("linux/amd64")}};
  EXPECT_TRUE(diff(options).same());
  options.platforms = {Platform::parse("linux/arm64")};
  EXPECT_THAT(diff(options).only_before, SizeIs(1));
  options.platforms = {Platform::parse("linux/ppc64le")};
  EXPECT_EQ(error_of([&] { diff(options); }).code(), Errc::not_found);

  const Diff order = compare(index("c", {amd64, arm64}), index("d", {arm64, amd64}));
  EXPECT_THAT(texts(order.index),
              ElementsAre("manifests: linux/amd64, linux/arm64 -> linux/arm64, linux/amd64"));
  const std::string unknown = work.file("some.tar", layer_of({}));
  EXPECT_EQ(error_of([&] { compare(a, unknown); }).code(), Errc::conflict);
}

// By comparing each with each this would take minutes.
TEST_F(DiffTest, PairsTensOfThousandsOfImages) {
  constexpr std::size_t count = 30'000;
  DiffSide side{Input{}};
  for (std::size_t i = 0; i < count; ++i) {
    const std::string version = i % 2 == 0 ? "10.0." + std::to_string(i) : "";
    side.images.push_back({nullptr, ocimux::Platform{"linux", std::to_string(i), "", version}});
  }
  DiffSide other{Input{}};
  for (auto image = side.images.rbegin(); image != side.images.rend(); ++image) {
    other.images.push_back(*image);
    other.images.back().platform->os_version.clear();
  }
  const DiffPairs pairs = pair_images(side, other);
  ASSERT_EQ(pairs.both.size(), count);
  for (const auto& [a, b] : pairs.both) {
    ASSERT_EQ(a.platform->architecture, b.platform->architecture);
  }
  EXPECT_THAT(pairs.only_after, testing::IsEmpty());
}

TEST_F(DiffTest, AnnotationsAreComparedWhereverTheyAre) {
  const auto made = [&](const std::string& name, const std::string& value) {
    LayoutBuilder builder;
    const std::string annotations = R"(,"annotations":{"k":")" + value + R"("})";
    const std::string image = builder.image({.manifest_members = annotations});
    builder.top(builder.index({LayoutBuilder::image_descriptor(image, {}, annotations)}, false,
                              annotations),
                oci_index_type, name);
    return work.layout(name, builder);
  };
  const Diff found = compare(made("a", "x"), made("b", "y"));
  EXPECT_THAT(texts(found.index), ElementsAre("annotations.k: x -> y"));
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].descriptor), ElementsAre("annotations.k: x -> y"));
  EXPECT_THAT(texts(found.differing[0].manifest), ElementsAre("annotations.k: x -> y"));
  EXPECT_THAT(found.differing[0].config, IsEmpty());
}

TEST_F(DiffTest, AttestationsAreComparedByPredicate) {
  const auto made = [&](const std::string& name, const std::string& predicate,
                        const std::string& statement) {
    LayoutBuilder builder;
    const std::string image = image_of(builder, {});
    std::vector<std::string> descriptors{LayoutBuilder::image_descriptor(image, {})};
    if (!predicate.empty()) {
      std::string attestation = builder.attestation(image);
      const std::string old_layer = descriptor("application/vnd.in-toto+json",
                                               R"({"_type":"https://in-toto.io/Statement/v0.1"})");
      builder.blob(statement);
      const std::string new_layer =
          descriptor("application/vnd.in-toto+json", statement,
                     R"(,"annotations":{"in-toto.io/predicate-type":")" + predicate + R"("})");
      attestation.replace(attestation.find(old_layer), old_layer.size(), new_layer);
      builder.blob(attestation);
      descriptors.push_back(LayoutBuilder::image_descriptor(
          attestation, {"unknown", "unknown"},
          R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
          R"("vnd.docker.reference.digest":")" +
              sha256(image) + R"("})"));
    }
    builder.top(builder.index(descriptors), oci_index_type, "main");
    return work.layout(name, builder);
  };
  using Kind = AttestationDifference::Kind;
  const std::string none = made("none", "", "");
  const std::string slsa = made("slsa", "https://slsa.dev/provenance/v1", "{}");
  const Diff added = compare(none, slsa);
  ASSERT_THAT(added.attestations, SizeIs(1));
  EXPECT_EQ(added.attestations[0].kind, Kind::only_after);
  EXPECT_EQ(added.attestations[0].predicate, "https://slsa.dev/provenance/v1");
  const Diff other = compare(slsa, made("other", "https://slsa.dev/provenance/v1", "{ }"));
  ASSERT_THAT(other.attestations, SizeIs(1));
  EXPECT_EQ(other.attestations[0].kind, Kind::other_content);
  EXPECT_FALSE(other.only_times());
  EXPECT_THAT(compare(slsa, made("sbom", "https://spdx.dev/Document", "{}")).attestations,
              SizeIs(2));
}

TEST_F(DiffTest, NothingIsSaidToBeTheSameThatHasOtherBytes) {
  LayoutBuilder builder;
  std::string image = image_of(builder, {});
  image.insert(1, " ");
  builder.blob(image);
  builder.top(builder.index({LayoutBuilder::image_descriptor(image, {})}), oci_index_type, "main");
  const Diff found = compare(layout({}), work.layout("spaced", builder));
  ASSERT_THAT(found.differing, SizeIs(1));
  EXPECT_THAT(texts(found.differing[0].manifest), ElementsAre("form: - -> -"));
  EXPECT_FALSE(found.only_times());
}

TEST_F(DiffTest, RefusesTwoImagesForOnePlatform) {
  LayoutBuilder builder;
  builder.top(image_of(builder, {}), oci_manifest_type, "a");
  builder.top(image_of(builder, {.app = "b"}), oci_manifest_type, "b");
  const std::string path = work.layout("two", builder);
  EXPECT_EQ(error_of([&] { compare(path, path); }).code(), Errc::conflict);
  EXPECT_THAT(compare(path + ":a", path + ":b").differing, SizeIs(1));
}

TEST_F(DiffTest, DamageIsAnErrorThatNamesTheLayer) {
  LayoutBuilder builder;
  const std::string image = image_of(builder, {.app = "b"});
  builder.top(image, oci_manifest_type, "main");
  const std::string stored = compressed_by("gzip -n", layer_of({.app = "b"}));
  builder.blobs.at(sha256(stored))[20] ^= 1;
  const std::string path = work.layout("damaged", builder);
  const Error error = error_of([&] { compare(layout({}), path); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("layer 1"));
}

}  // namespace
}  // namespace ocimux::test
