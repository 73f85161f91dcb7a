// Inputs that are small, and ask for more than anybody has.

#include <ocimux/jobs/inspect.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "source/expansion_limit.hpp"
#include "source/layer_programs.hpp"
#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(ExpansionLimit, PassesOnWhatStandsInProportion) {
  KeepingSink sink;
  ExpansionLimit limit(sink, "zstd", 1000);
  const std::string piece(500, 'x');
  limit.count_read(1);
  limit.write(as_bytes(piece));
  limit.write(as_bytes(piece));  // as much is always allowed
  EXPECT_EQ(refusal([&] { limit.write(as_bytes("y")); }),
            "unsupported: expected an input that unpacks to at most 256 times its size (or 0 MiB), "
            "found one that becomes larger [if you trust it, unpack it with zstd -d, and name what "
            "comes out]");
  limit.count_read(2);  // 768 bytes: less than what is always allowed
  EXPECT_NE(refusal([&] { limit.write(as_bytes("y")); }), "");
  EXPECT_EQ(sink.text.size(), 1000U) << "nothing beyond the limit is passed on";
  limit.count_read(100);
  limit.write(as_bytes(piece));
  limit.finish();
  EXPECT_EQ(sink.text.size(), 1500U);
  EXPECT_EQ(sink.finished, 1);
}

// Platforms that are all others: each descriptor is an image of its own.
std::vector<std::string> on_many_platforms(const std::string& manifest, std::size_t count,
                                           const std::string& type) {
  std::vector<std::string> descriptors;
  for (std::size_t i = 0; i < count; ++i) {
    descriptors.push_back(
        descriptor(type, manifest,
                   R"(,"platform":{"os":"linux","architecture":"a)" + std::to_string(i) + "\"}"));
  }
  return descriptors;
}

// Hundreds of MiB of JSON take minutes under the address sanitizer, and count the same without.
#ifdef __SANITIZE_ADDRESS__
constexpr bool reads_slowly = true;
#else
constexpr bool reads_slowly = false;
#endif

class ManyTimes : public testing::Test {
 protected:
  std::string refused(const std::string& reference = "in") {
    layout_.write_directory(directory_ / "in");
    return refusal([&] { return read((directory_ / reference).string()); });
  }

  std::string large_image() {
    const std::string space(1 << 20, ' ');
    return layout_.image({.manifest_members = space});
  }

  TemporaryDirectory directory_;
  LayoutBuilder layout_;
};

TEST_F(ManyTimes, OneLargeManifestForManyPlatformsIsRefused) {
  if (reads_slowly) GTEST_SKIP() << "counted in the release build";
  const std::string manifest = large_image();
  layout_.top(layout_.index(on_many_platforms(manifest, 300, oci_manifest_type)), oci_index_type);
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: "),
                               HasSubstr("at most 256 MiB of manifests, indexes and configs"),
                               HasSubstr("name one image")));
}

// Each of eight levels lists the next one for 200 platforms: 10^16 ways to the image, and 400 MiB
// to read if each index were read again for each of them.
TEST_F(ManyTimes, IndexesThatListEachOtherAreReadOnce) {
  std::string below = layout_.image({});
  std::string type = oci_manifest_type;
  for (int level = 0; level < 8; ++level) {
    const std::string space = level == 0 ? std::string() : std::string(1 << 18, ' ');
    below = layout_.index(on_many_platforms(below, type == oci_index_type ? 200 : 1, type), false,
                          space);
    type = oci_index_type;
  }
  layout_.top(below, oci_index_type);
  EXPECT_EQ(refused(), "");
}

TEST_F(ManyTimes, OneLargeIndexUnderManyNamesIsInspectedInBounds) {
  const std::string image = layout_.image({});
  const std::string index = layout_.index(on_many_platforms(image, 2000, oci_manifest_type));
  for (int i = 0; i < 150; ++i) layout_.top(index, oci_index_type, "t" + std::to_string(i));
  layout_.write_directory(directory_ / "in");
  EXPECT_THAT(refusal([&] { return inspect((directory_ / "in").string()); }),
              AllOf(HasSubstr("at most 500000 images and layers under all names together"),
                    HasSubstr("name one image")));
  EXPECT_EQ(refusal([&] { return inspect((directory_ / "in").string() + ":t7"); }), "");
}

TEST_F(ManyTimes, IndexesThatListOneLargeIndexAreInspectedInBounds) {
  if (reads_slowly) GTEST_SKIP() << "counted in the release build";
  const std::string image = layout_.image({});
  const std::string large = layout_.index(on_many_platforms(image, 1, oci_manifest_type), false,
                                          std::string(3 << 20, ' '));
  for (int i = 0; i < 200; ++i) {
    layout_.top(layout_.index({descriptor(oci_index_type, large)}, false,
                              R"(,"annotations":{"i":")" + std::to_string(i) + "\"}"),
                oci_index_type, "t" + std::to_string(i));
  }
  layout_.write_directory(directory_ / "in");
  EXPECT_THAT(refusal([&] { return inspect((directory_ / "in").string()); }),
              HasSubstr("at most 512 MiB of manifests, indexes and configs"));
}

// One config is many images by links in the archive.
TEST(DockerArchiveBomb, OneConfigUnderManyNamesIsRefused) {
  if (reads_slowly) GTEST_SKIP() << "counted in the release build";
  const TemporaryDirectory directory;
  const std::string config = R"({"os":"linux","architecture":"arm64","rootfs":{"diff_ids":[]})" +
                             std::string(1 << 20, ' ') + "}";
  TarBuilder tar("ustar");
  tar.file("config.json", config);
  std::string elements;
  for (int i = 0; i < 300; ++i) {
    const std::string name = "c" + std::to_string(i);
    tar.hard_link(name, "config.json");
    elements += (i == 0 ? "" : ",") + (R"({"Config":")" + name + R"(","Layers":[]})");
  }
  tar.file("manifest.json", "[" + elements + "]");
  EXPECT_THAT(refusal([&] { return read(tar.write(directory / "a")); }),
              HasSubstr("at most 256 MiB of manifests, indexes and configs"));
}

TEST(DockerArchiveBomb, OneLayerAMillionTimesIsRefused) {
  const TemporaryDirectory directory;
  std::string layers = "\"l\"";
  for (int i = 0; i < 999'999; ++i) layers += ",\"l\"";
  const std::string config =
      R"({"os":"linux","architecture":"arm64","rootfs":{"diff_ids":[")" + sha256("x") + "\"]}}";
  const std::string archive =
      TarBuilder("ustar")
          .file("c.json", config)
          .file("l", "x")
          .file("manifest.json", R"([{"Config":"c.json","Layers":[)" + layers + "]}]")
          .write(directory / "a");
  EXPECT_THAT(refusal([&] { return read(archive); }),
              HasSubstr("expected as many layers as the config has DiffIDs (1), found 1000000"));
}

TEST(DockerArchiveBomb, KeysInOtherSpellingsAreRefused) {
  const TemporaryDirectory directory;
  const std::string archive =
      TarBuilder("ustar")
          .file("c.json", R"({"os":"linux","architecture":"arm64","rootfs":{"diff_ids":[]}})")
          .file("manifest.json", R"([{"Config":"c.json","Layers":[],"layers":["l"]}])")
          .write(directory / "a");
  EXPECT_THAT(refusal([&] { return read(archive); }), HasSubstr("found 'layers'"));
}

// Names of directories of platforms that differ in the version of Windows only.
TEST(RootfsBomb, PlatformsInOneTarAreCounted) {
  const TemporaryDirectory directory;
  const auto images = [&](int count) {
    TarBuilder tar("ustar");
    for (int i = 0; i < count; ++i) {
      const std::string name = "windows(10.0." + std::to_string(i) + ".1)_amd64";
      tar.directory(name).file(name + "/a", "");
    }
    return read(tar.write(directory / "a")).images.size();
  };
  EXPECT_EQ(images(256), 256U);
  EXPECT_EQ(images(257), 1U) << "a root filesystem like any other";
}

/// Gives @p text, and counts what was taken of it.
class Counted final : public Source {
 public:
  Counted(std::string text, std::size_t& count) : from_(std::move(text)), count_(count) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = from_.read(into);
    count_ += count;
    return count;
  }

 private:
  MemorySource from_;
  std::size_t& count_;
};

// The front of a layer is looked into, as far as is cheap. What a member there inflates to is not.
TEST(LayerBomb, TheFrontIsNotUnpackedToPassOverALargeMember) {
  std::string tar = TarBuilder("ustar").file("zeros", "").bytes().substr(0, 512);
  tar.replace(124, 12, std::string("\x80\0\0\0\0\0\0\x10\0\0\0\0", 12));  // 64 GiB
  unsigned sum = 0;
  tar.replace(148, 8, 8, ' ');
  for (const char c : tar) sum += static_cast<unsigned char>(c);
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%06o", sum);
  tar.replace(148, 7, std::string(text.data(), 7));
  std::string layer = compressed_by("zstd", tar);
  const std::string zeros = compressed_by("zstd", std::string(16 << 20, '\0'));
  while (layer.size() < (1 << 20)) layer += zeros;
  std::size_t read = 0;
  const Body body{[&] { return std::make_unique<Counted>(layer, read); }, 300 << 20};
  const Programs programs = programs_in_layer(body, LookInto::front, {});
  EXPECT_FALSE(programs.complete());
  EXPECT_LT(read, 200'000U);  // a buffer of zstd, of more than a MiB
}

TEST(LayerBomb, NamesOfALayerTakeLittleMemory) {
  Programs programs;
  TarMember link{.path = "", .kind = TarMember::Kind::symlink};
  link.link_target = std::string(4096, 't');
  for (int i = 0; i < 30'000; ++i) {
    link.path = std::string(4000, 'n') + std::to_string(i);
    programs.add(link, link.path, {});
  }
  EXPECT_LT(programs.bytes(), (64U << 20U) + 1);
  EXPECT_GT(programs.bytes(), 60U << 20U);
}

}  // namespace
}  // namespace ocimux::test
