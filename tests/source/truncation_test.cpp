#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"

namespace ocimux {
namespace {

using test::LayoutBuilder;
using test::refusal;
using test::TarBuilder;
using testing::AnyOf;
using testing::StartsWith;

// An archive may end with one block of zeros and more; without them it is not whole.
constexpr std::size_t end_marker = 1024;

struct Sample {
  const char* name;
  std::string bytes;
};

std::vector<Sample> samples() {
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"}, "main");
  TarBuilder rootfs("pax");
  rootfs.directory("bin").file("bin/app", test::random_bytes(700, 1));
  rootfs.add({.path = "bin/x", .content = "y", .xattrs = {{"user.a", "b"}}});
  return {{"oci-archive", layout.archive_bytes()},
          {"docker-archive", test::docker_archive({.layers = {"a", "b", "a"}})},
          {"rootfs", rootfs.bytes()},
          {"rootfs of GNU tar", TarBuilder("gnutar").file(std::string(120, 'n'), "x").bytes()}};
}

TEST(Truncated, ArchivesAreRefusedAtEveryByte) {
  const test::TemporaryDirectory directory;
  const std::string path = (directory / "input.tar").string();
  for (const Sample& sample : samples()) {
    test::write_file(path, sample.bytes);
    ASSERT_EQ(refusal([&] { return test::read(path); }), "") << sample.name;
    for (std::size_t size = sample.bytes.size(); size-- > 0;) {
      ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(size)), 0);
      EXPECT_THAT(refusal([&] { return test::read(path); }),
                  AnyOf(StartsWith("corrupt: " + path), StartsWith("unsupported: " + path)))
          << sample.name << " at " << size << " of " << sample.bytes.size();
    }
  }
}

TEST(Truncated, CompressedArchivesAreRefusedAtEveryByte) {
  const test::TemporaryDirectory directory;
  const std::string path = (directory / "input.tar").string();
  for (const char* codec : {"gzip", "zstd", "xz", "bzip2"}) {
    const std::string bytes = test::compressed_by(codec, samples()[0].bytes);
    test::write_file(path, bytes);
    ASSERT_EQ(refusal([&] { return test::read(path); }), "") << codec;
    for (std::size_t size = bytes.size(); size-- > 0;) {
      ASSERT_EQ(::truncate(path.c_str(), static_cast<off_t>(size)), 0);
      EXPECT_THAT(refusal([&] { return test::read(path); }),
                  AnyOf(StartsWith("corrupt: " + path), StartsWith("unsupported: " + path)))
          << codec << " at " << size;
    }
  }
}

// A byte that is changed anywhere is refused or changes bytes that have a digest of their own
// (layers, checked when they are read) or none at all (a root filesystem): never a crash, and
// never another error than ours.
TEST(Flipped, BytesAreRefusedOrHarmless) {
  const test::TemporaryDirectory directory;
  const std::string path = (directory / "input.tar").string();
  for (const Sample& sample : samples()) {
    for (std::size_t at = 0; at < sample.bytes.size() - end_marker; at += 11) {
      std::string damaged = sample.bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
      test::write_file(path, damaged);
      EXPECT_THAT(refusal([&] { return test::read(path); }),
                  AnyOf("", StartsWith("corrupt: "), StartsWith("unsupported: "),
                        StartsWith("not_found: ")))
          << sample.name << " at " << at;
    }
  }
}

TEST(Garbage, IsNeverTaken) {
  const test::TemporaryDirectory directory;
  const std::string path = (directory / "input.tar").string();
  for (unsigned seed = 0; seed < 50; ++seed) {
    test::write_file(path, test::random_bytes(3000, seed));
    EXPECT_THAT(refusal([&] { return test::read(path); }), StartsWith("unsupported: "));
    // Behind a magic that is right.
    const std::string whole = samples()[2].bytes;
    test::write_file(path, whole.substr(0, 512) + test::random_bytes(3000, seed));
    EXPECT_THAT(refusal([&] { return test::read(path); }), StartsWith("corrupt: "));
    for (const std::string magic : {"\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "BZh9",
                                    "\xfd"
                                    "7zXZ"}) {
      test::write_file(path, magic + std::string(1, '\0') + test::random_bytes(3000, seed));
      EXPECT_THAT(refusal([&] { return test::read(path); }),
                  AnyOf(StartsWith("corrupt: "), StartsWith("unsupported: ")));
    }
  }
}

}  // namespace
}  // namespace ocimux
