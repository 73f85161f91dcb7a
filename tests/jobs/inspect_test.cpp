#include <ocimux/jobs/inspect.hpp>

#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// Two images that share a layer, under an index with a tag and a full name.
struct Shared {
  LayoutBuilder builder;
  std::string amd64, arm64, index;

  Shared() {
    amd64 = builder.image({.layers = {"shared", "amd64"}});
    arm64 = builder.image({.platform = {"linux", "arm64"}, .layers = {"shared", "arm64"}});
    index = builder.index({LayoutBuilder::image_descriptor(amd64, {}),
                           LayoutBuilder::image_descriptor(arm64, {"linux", "arm64"})},
                          false, R"(,"annotations":{"a":"b"})");
    builder.top(index, oci_index_type, "main", "example.com/x:main");
  }
};

TEST(Inspect, TellsWhatALayoutHolds) {
  const Workspace work;
  const Shared shared;
  for (const std::string& path :
       {work.layout("layout", shared.builder), work.archive("archive.tar", shared.builder)}) {
    const Inspection found = inspect(path);
    EXPECT_EQ(found.kind, path.ends_with(".tar") ? "oci-archive" : "oci-layout");
    ASSERT_THAT(found.references, SizeIs(1));
    const InspectedReference& main = found.references[0];
    EXPECT_EQ(main.tag, "main");
    EXPECT_EQ(main.name, "example.com/x:main");
    EXPECT_EQ(main.descriptor->digest.string(), sha256(shared.index));
    EXPECT_EQ(main.annotations.at("a"), "b");
    ASSERT_THAT(main.images, SizeIs(2));
    EXPECT_EQ(main.images[0].platform->string(), "linux/amd64");
    EXPECT_EQ(main.images[1].manifest->digest.string(), sha256(shared.arm64));
    EXPECT_THAT(main.images[1].layers, SizeIs(2));
    // What both share is one layer; the index belongs to no image.
    std::int64_t unique = 0;
    for (const auto& [digest, bytes] : shared.builder.blobs) {
      if (bytes != shared.index) unique += static_cast<std::int64_t>(bytes.size());
    }
    EXPECT_EQ(found.unique_bytes, unique);
    EXPECT_EQ(found.total_bytes - found.unique_bytes,
              static_cast<std::int64_t>(compressed_by("gzip -n", "shared").size()));
    EXPECT_EQ(found.total_bytes, main.images[0].size + main.images[1].size);
  }
}

TEST(Inspect, SeveralTagsOfOneImageShareNothing) {
  const Workspace work;
  Shared shared;
  shared.builder.top(shared.index, oci_index_type, "other");
  const Inspection one = inspect(work.layout("one", Shared().builder));
  const Inspection two = inspect(work.layout("two", shared.builder));
  EXPECT_THAT(two.references, SizeIs(2));
  EXPECT_EQ(one.total_bytes, two.total_bytes);
  EXPECT_EQ(one.unique_bytes, two.unique_bytes);
}

TEST(Inspect, RawAndConfigAreByteExact) {
  const Workspace work;
  const Shared shared;
  const std::string path = work.archive("in.tar", shared.builder);
  EXPECT_EQ(inspect_raw(path), shared.index);
  EXPECT_EQ(inspect_raw(path + ":main"), shared.index);
  EXPECT_EQ(inspect_raw(path, Platform::parse("linux/arm64")), shared.arm64);
  EXPECT_EQ(inspect_raw(path + "@" + sha256(shared.amd64)), shared.amd64);
  const std::string config = Document::parse(shared.arm64)["config"]["digest"];
  EXPECT_EQ(inspect_config(path, Platform::parse("linux/arm64")), shared.builder.blobs.at(config));
  const Error several = error_of([&] { inspect_config(path); });
  EXPECT_THAT(several.what(), HasSubstr("linux/amd64, linux/arm64"));
  EXPECT_THAT(several.hint(), HasSubstr("--platform"));
}

TEST(Inspect, WhatIsNotThereIsNotFound) {
  const Workspace work;
  const std::string path = work.archive("in.tar", Shared().builder);
  const std::string rootfs = work.rootfs("app-linux-amd64.tar");
  const auto s390x = Platform::parse("linux/s390x");
  for (const auto& work_of : std::vector<std::function<void()>>{
           [&] { inspect(work.path("missing")); }, [&] { inspect(path + ":missing"); },
           [&] { inspect(path + "@" + sha256("missing")); }, [&] { inspect(path, {s390x}); },
           [&] { inspect_raw(path, s390x); }, [&] { inspect_config(path, s390x); },
           [&] { inspect_raw(rootfs); }, [&] { inspect_config(rootfs); },
           [&] { inspect(rootfs + ":tag"); }}) {
    EXPECT_EQ(error_of(work_of).code(), Errc::not_found);
  }
  EXPECT_THAT(error_of([&] { inspect(path + ":missing"); }).hint(), HasSubstr("main"));
}

TEST(Inspect, SeveralTagsAreAmbiguousForOneDocument) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string one = builder.simple({"linux", "amd64"}, "one", "1");
  builder.simple({"linux", "amd64"}, "two", "2");
  const std::string path = work.archive("in.tar", builder);
  const Error error = error_of([&] { inspect_raw(path); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.hint(), HasSubstr("one two"));
  EXPECT_EQ(inspect_raw(path + ":one"), one);
  EXPECT_THAT(inspect(path).references, SizeIs(2));
}

TEST(Inspect, OnlyThePlatformsThatAreAskedFor) {
  const Workspace work;
  const std::string path = work.archive("in.tar", Shared().builder);
  const Inspection found = inspect(path, {Platform::parse("linux/arm64")});
  ASSERT_THAT(found.references.at(0).images, SizeIs(1));
  EXPECT_EQ(found.references[0].images[0].platform->string(), "linux/arm64");
  EXPECT_EQ(found.total_bytes, found.unique_bytes);
}

TEST(Inspect, SavedArchivesAndRootFilesystems) {
  const Workspace work;
  const std::string bytes = docker_archive({.platform = {"linux", "arm64"}, .layers = {"a", "b"}});
  const std::string saved = work.file("saved.tar", bytes);
  const Inspection archive = inspect(saved);
  EXPECT_EQ(archive.kind, "docker-archive");
  ASSERT_THAT(archive.references.at(0).images, SizeIs(1));
  const InspectedImage& image = archive.references[0].images[0];
  EXPECT_EQ(image.platform->string(), "linux/arm64");
  EXPECT_FALSE(image.manifest);
  EXPECT_EQ(image.layers.at(1).digest.string(), sha256("b"));
  const std::string config = inspect_config(saved);
  EXPECT_EQ(sha256(config), image.config->digest.string());
  EXPECT_EQ(error_of([&] { inspect_raw(saved); }).code(), Errc::not_found);

  for (const std::string program : {"cat", "gzip", "zstd", "xz", "bzip2"}) {
    const Inspection rootfs = inspect(
        work.file(program + "-linux-armv6.tar",
                  filtered_by(program, TarBuilder().directory("d").file("d/f", "x").bytes())));
    EXPECT_EQ(rootfs.kind, "rootfs");
    EXPECT_EQ(rootfs.references.at(0).images.at(0).platform->string(), "linux/arm/v6");
    EXPECT_EQ(rootfs.references[0].images[0].entries, 2);
  }
}

TEST(Inspect, StopsWhileItUnpacks) {
  const Workspace work;
  const std::string path =
      work.file("in-linux-amd64.tar.gz", filtered_by("gzip", TarBuilder().file("a", "b").bytes()));
  std::stop_source stop;
  stop.request_stop();
  for (const auto& work_of : std::vector<std::function<void()>>{
           [&] { inspect(path, {}, silent_progress(), stop.get_token()); },
           [&] { inspect_raw(path, {}, silent_progress(), stop.get_token()); },
           [&] { inspect_config(path, {}, silent_progress(), stop.get_token()); }}) {
    EXPECT_EQ(error_of(work_of).code(), Errc::cancelled);
  }
}

TEST(Inspect, LayersAreNeverRead) {
  const Workspace work;
  Shared shared;
  for (auto& [digest, bytes] : shared.builder.blobs) {
    if (bytes.starts_with("\x1f\x8b")) bytes.assign(bytes.size(), '?');
  }
  EXPECT_THAT(inspect(work.archive("in.tar", shared.builder)).references, SizeIs(1));
}

}  // namespace
}  // namespace ocimux::test
