#include "compress/compressor.hpp"

#include "compress/decompressor.hpp"
#include "compress/gzip_compressor.hpp"
#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

constexpr std::size_t gzip_block = GzipCompressor::block_size;
constexpr std::size_t zstd_job = std::size_t{4} << 20U;

std::string compressed(const Compression& how, const std::string& content, std::size_t width,
                       std::size_t piece = 256 * 1024) {
  test::KeepingSink sink;
  const auto compressor = make_compressor(how, sink, width);
  for (std::size_t at = 0; at < content.size(); at += piece) {
    compressor->write(as_bytes(content).subspan(at, std::min(piece, content.size() - at)));
  }
  compressor->finish();
  EXPECT_EQ(sink.finished, 1);
  return sink.text;
}

std::string decompressed(Codec codec, const std::string& bytes) {
  test::KeepingSink sink;
  const auto decompressor = make_decompressor(codec, sink);
  decompressor->write(as_bytes(bytes));
  decompressor->finish();
  EXPECT_EQ(sink.finished, 1);
  return sink.text;
}

// Half of it compresses, half does not.
std::string content_of(std::size_t size) {
  std::string content = test::random_bytes(size / 2, 7);
  while (content.size() < size) content += "abcdefgh"[content.size() % 8];
  return content;
}

std::vector<std::size_t> sizes_around(std::size_t block) {
  return {0, 1, block - 1, block, block + 1, 2 * block, 3 * block + 17};
}

struct Case {
  Compression how;
  const char* program;
  std::size_t block;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{{{Codec::gzip, 6}, "gzip", gzip_block},
                                     {{Codec::gzip, 1}, "gzip", gzip_block},
                                     {{Codec::zstd, 3}, "zstd", zstd_job}};
  return all;
}

TEST(Compressor, SizesAroundBlocksComeBackThroughUs) {
  for (const Case& c : cases()) {
    for (const std::size_t size : sizes_around(c.block)) {
      const std::string content = content_of(size);
      EXPECT_TRUE(decompressed(c.how.codec, compressed(c.how, content, 2)) == content)
          << c.program << " " << size;
    }
  }
}

TEST(Compressor, SizesAroundBlocksComeBackThroughTheSystemsProgram) {
  for (const Case& c : cases()) {
    for (const std::size_t size : sizes_around(c.block)) {
      const std::string content = content_of(size);
      const std::string back =
          test::compressed_by(std::string(c.program) + " -d", compressed(c.how, content, 2));
      EXPECT_TRUE(back == content) << c.program << " " << size;
    }
  }
}

TEST(Compressor, BytesDoNotDependOnTheWidth) {
  for (const Case& c : cases()) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, 3 * c.block + 17}) {
      const std::string content = content_of(size);
      const std::string one = compressed(c.how, content, 1);
      EXPECT_TRUE(compressed(c.how, content, 0) == one) << c.program << " " << size;
      EXPECT_TRUE(compressed(c.how, content, 2) == one) << c.program << " " << size;
      EXPECT_TRUE(compressed(c.how, content, 8) == one) << c.program << " " << size;
    }
  }
}

TEST(Compressor, BytesDoNotDependOnHowTheyCome) {
  for (const Case& c : cases()) {
    const std::string content = content_of(2 * c.block + 17);
    const std::string expected = compressed(c.how, content, 2);
    EXPECT_TRUE(compressed(c.how, content, 2, 4097) == expected) << c.program;
    EXPECT_TRUE(compressed(c.how, content, 2, content.size()) == expected) << c.program;
  }
}

TEST(Compressor, BytesOfAShortTextDoNotDependOnHowItComes) {
  for (const Case& c : cases()) {
    const std::string content = content_of(1000);
    EXPECT_TRUE(compressed(c.how, content, 2, 1) == compressed(c.how, content, 1, 1000))
        << c.program;
  }
}

TEST(Compressor, EveryLevelComesBack) {
  const std::string content = content_of(100'000);
  for (int level = 1; level <= 19; ++level) {
    const Compression zstd{Codec::zstd, level};
    EXPECT_TRUE(decompressed(Codec::zstd, compressed(zstd, content, 1)) == content) << level;
  }
  const std::string blocks = content_of(2 * gzip_block + 40'000);
  for (int level = 1; level <= 9; ++level) {
    const Compression gzip{Codec::gzip, level};
    EXPECT_TRUE(decompressed(Codec::gzip, compressed(gzip, blocks, 1)) == blocks) << level;
  }
}

// RFC 1952, 2.3: MTIME and OS would tell of the day and the machine.
TEST(GzipCompressor, WritesNoTimeAndNoSystem) {
  const std::string bytes = compressed({Codec::gzip, 6}, "x", 1);
  EXPECT_EQ(bytes.substr(3, 5), std::string(5, '\0')) << "no flags, no time";
  EXPECT_EQ(static_cast<unsigned char>(bytes.at(9)), 255U) << "unknown system";
}

TEST(ZstdCompressor, WritesAChecksum) {
  std::string bytes = compressed({Codec::zstd, 3}, "hello", 1);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  EXPECT_EQ(test::error_of([&] { decompressed(Codec::zstd, bytes); }).code(), Errc::corrupt);
}

// The next sink fails at any moment: while blocks are written, with threads at work on others.
TEST(Compressor, WhatTheNextSinkThrowsComesOutAndNothingHangs) {
  for (const Case& c : cases()) {
    const std::string content = content_of(5 * c.block / 2);
    const std::size_t whole = compressed(c.how, content, 2).size();
    for (const std::size_t width : {1U, 2U, 8U}) {
      for (const std::size_t capacity : {std::size_t{0}, whole / 3, whole - 1, whole}) {
        test::FailingSink sink(capacity);
        const auto compressor = make_compressor(c.how, sink, width);
        const auto work = [&] {
          compressor->write(as_bytes(content));
          compressor->finish();
        };
        EXPECT_THROW(work(), test::Full) << c.program << " " << width << " " << capacity;
      }
    }
  }
}

TEST(Compressor, AbandonedInTheMiddleWritesNoEndAndDoesNotHang) {
  for (const Case& c : cases()) {
    test::KeepingSink sink;
    {
      const auto compressor = make_compressor(c.how, sink, 2);
      compressor->write(as_bytes(content_of(2 * c.block)));
    }
    EXPECT_EQ(sink.finished, 0) << c.program;
  }
}

TEST(Compressor, UnusedWritesNothing) {
  for (const Case& c : cases()) {
    test::KeepingSink sink;
    make_compressor(c.how, sink, 2);
    EXPECT_EQ(sink.text, "") << c.program;
  }
}

}  // namespace
}  // namespace ocimux
