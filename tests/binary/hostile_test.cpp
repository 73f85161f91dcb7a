// Files that lie: whatever they hold, there is an answer, within the file and few reads.
#include "binary/reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <random>
#include <vector>

namespace ocimux {
namespace {

std::vector<std::string> all_fixtures() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(OCIMUX_TESTDATA "/binaries")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> all;
  for (const auto& path : paths) all.push_back(test::read_file(path));
  return all;
}

// A read outside of the file throws (test::reading), and so does one too many or too long.
void read_all(const std::string& bytes) {
  int reads = 0;
  const ReadAt read = test::reading(bytes);
  const ReadAt limited = [&](std::span<std::byte> into, std::int64_t offset) {
    if (++reads > 100 || into.size() > 65536) throw std::length_error("too much was read");
    return read(into, offset);
  };
  const auto executable = read_executable(limited, static_cast<std::int64_t>(bytes.size()));
  if (executable) {
    EXPECT_NE(executable->architecture.empty(), executable->machine.empty());
    EXPECT_FALSE(executable->string().empty());
    EXPECT_TRUE(may_be_executable(as_bytes(bytes)));
  }
  static_cast<void>(pe_file_version(limited, static_cast<std::int64_t>(bytes.size())));
}

TEST(HostileExecutable, MayEndAnywhere) {
  for (const std::string& bytes : all_fixtures()) {
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_NO_THROW(read_all(bytes.substr(0, size))) << size;
    }
  }
}

TEST(HostileExecutable, MayHoldAnything) {
  constexpr std::array<unsigned char, 6> favourites{0x00, 0xff, 0x7f, 0x80, 0x01, 0x40};
  std::mt19937 random(7);  // NOLINT: the same bytes every time
  for (const std::string& bytes : all_fixtures()) {
    for (int round = 0; round < 3000; ++round) {
      std::string changed = bytes;
      for (unsigned changes = 1 + random() % 8; changes > 0; --changes) {
        // Mostly in front, where the headers are.
        const std::size_t range = random() % 4 == 0 ? changed.size() : 512;
        const std::size_t at = random() % std::min(range, changed.size());
        changed[at] =
            static_cast<char>(random() % 2 == 0 ? random() & 0xffU : favourites[random() % 6]);
      }
      ASSERT_NO_THROW(read_all(changed)) << round;
    }
  }
}

// One number of the header after the other, as large as it can be.
TEST(HostileExecutable, MayClaimHugeNumbersAnywhere) {
  for (const std::string& bytes : all_fixtures()) {
    for (const std::size_t width : {2U, 4U, 8U}) {
      for (std::size_t at = 4; at + width <= std::min<std::size_t>(bytes.size(), 1024); ++at) {
        for (const std::uint64_t value : {~0ULL, ~0ULL - 7, ~0ULL >> 1U, 1ULL << 31U}) {
          ASSERT_NO_THROW(read_all(test::with(bytes, at, value, width))) << at;
        }
      }
    }
  }
}

TEST(HostileExecutable, MayBeShorterThanItsSize) {
  const std::string bytes = test::fixture("linux-arm-v6");
  const ReadAt short_read = [](std::span<std::byte>, std::int64_t) { return std::size_t{0}; };
  EXPECT_FALSE(read_executable(short_read, INT64_MAX));
  EXPECT_FALSE(pe_file_version(short_read, INT64_MAX));
  EXPECT_FALSE(read_executable(test::reading(bytes), -1));
}

TEST(HostileExecutable, ResourcesThatLeadInACircleHaveNoVersion) {
  std::string bytes = test::fixture("windows-amd64.exe");
  // The first table of resources follows the headers of sections; every entry of it leads to it.
  const std::size_t pe = bytes.find(std::string("PE\0\0", 4));
  const std::size_t rsrc = bytes.find(".rsrc");
  ASSERT_NE(pe, std::string::npos);
  ASSERT_NE(rsrc, std::string::npos);
  std::size_t table = 0;
  for (std::size_t i = 4; i > 0; --i) {
    table = table << 8U | static_cast<unsigned char>(bytes[rsrc + 20 + i - 1]);
  }
  for (std::size_t entry = table + 16; entry < table + 32; entry += 8) {
    bytes = test::with(bytes, entry + 4, 0x80000000, 4);
  }
  EXPECT_EQ(test::version_in(bytes), std::nullopt);
}

}  // namespace
}  // namespace ocimux
