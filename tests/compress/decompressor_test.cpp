#include "compress/decompressor.hpp"

#include "compress/compressor.hpp"
#include "compress/gzip_blocks.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <optional>

namespace ocimux {
namespace {

using test::compressed_by;
using test::error_of;
using testing::HasSubstr;

struct Program {
  const char* name;
  Codec codec;
};

constexpr Program programs[] = {
    {"gzip", Codec::gzip}, {"zstd", Codec::zstd}, {"xz", Codec::xz}, {"bzip2", Codec::bzip2}};

std::string decompressed(Codec codec, const std::string& bytes, std::size_t piece = SIZE_MAX) {
  test::KeepingSink sink;
  const auto decompressor = make_decompressor(codec, sink);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t count = std::min(piece, bytes.size() - at);
    decompressor->write(as_bytes(bytes).subspan(at, count));
    at += count;
  }
  EXPECT_EQ(sink.finished, 0);
  decompressor->finish();
  EXPECT_EQ(sink.finished, 1);
  return sink.text;
}

std::string small_content() { return test::random_bytes(300, 3) + std::string(300, 'a'); }

class Decompressor : public testing::TestWithParam<Program> {
 protected:
  [[nodiscard]] static Codec codec() { return GetParam().codec; }
  [[nodiscard]] static std::string compressed(const std::string& content) {
    return compressed_by(GetParam().name, content);
  }
  [[nodiscard]] static Errc refusal_of(const std::string& bytes) {
    return error_of([&] { decompressed(codec(), bytes); }).code();
  }
};

TEST_P(Decompressor, ReadsWhatTheSystemsProgramWrites) {
  constexpr std::size_t piece = std::size_t{128} * 1024;  // in which output is handed on
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, piece - 1, piece, piece + 1,
                                 2 * piece, std::size_t{3'000'000}}) {
    const std::string noise = test::random_bytes(size, 5);
    EXPECT_TRUE(decompressed(codec(), compressed(noise)) == noise) << size;
    const std::string zeros(size, '\0');  // little input, much output
    EXPECT_TRUE(decompressed(codec(), compressed(zeros)) == zeros) << size;
    EXPECT_TRUE(decompressed(codec(), compressed(zeros), 1) == zeros) << size << " by bytes";
  }
}

TEST_P(Decompressor, TakesByteAfterByte) {
  const std::string content = small_content();
  EXPECT_EQ(decompressed(codec(), compressed(content), 1), content);
}

TEST_P(Decompressor, MindsNoEmptyWrites) {
  const std::string bytes = compressed("hello");
  test::KeepingSink sink;
  const auto decompressor = make_decompressor(codec(), sink);
  for (const char& byte : bytes) {
    decompressor->write({});
    decompressor->write({});
    decompressor->write(as_bytes(std::string_view(&byte, 1)));
  }
  decompressor->write({});
  decompressor->write({});
  decompressor->finish();
  EXPECT_EQ(sink.text, "hello");
}

TEST_P(Decompressor, ReadsAllMembersOfAStream) {
  const std::string content = small_content();
  const std::string bytes = compressed(content) + compressed("") + compressed("more");
  EXPECT_EQ(decompressed(codec(), bytes), content + "more");
  EXPECT_EQ(decompressed(codec(), bytes, 1), content + "more");
}

TEST_P(Decompressor, RefusesAStreamThatIsCutAtAnyByte) {
  for (const std::string& content : {small_content(), std::string()}) {
    const std::string bytes = compressed(content);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      EXPECT_EQ(refusal_of(bytes.substr(0, length)), Errc::corrupt) << length;
    }
  }
}

TEST_P(Decompressor, RefusesASecondMemberThatIsCutAtAnyByte) {
  const std::string first = compressed("first");
  const std::string second = compressed(small_content());
  for (std::size_t length = 1; length < second.size(); ++length) {
    EXPECT_EQ(refusal_of(first + second.substr(0, length)), Errc::corrupt) << length;
  }
}

TEST_P(Decompressor, AFlippedBitIsAnErrorOrDoesNotMatter) {
  const std::string content = small_content();
  const std::string bytes = compressed(content);
  int refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    try {
      EXPECT_EQ(decompressed(codec(), damaged), content) << "bit " << bit;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Errc::corrupt) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, static_cast<int>(bytes.size()) * 8 * 9 / 10);
}

TEST_P(Decompressor, RefusesWhatFollowsTheStream) {
  for (const std::string& after : {std::string("x"), std::string("garbage after the end"),
                                   std::string(1, '\0'), std::string(511, 'z')}) {
    EXPECT_EQ(refusal_of(compressed("hello") + after), Errc::corrupt) << after;
  }
}

TEST_P(Decompressor, RefusesWhatIsNothingOfTheKind) {
  for (const std::string& bytes :
       {std::string(), std::string("x"), std::string(1000, '\0'), test::random_bytes(1000, 9)}) {
    EXPECT_EQ(refusal_of(bytes), Errc::corrupt) << bytes.size();
  }
}

TEST_P(Decompressor, NamesItsCodecAndHelps) {
  const std::string bytes = compressed(small_content());
  const Error cut = error_of([&] { decompressed(codec(), bytes.substr(0, bytes.size() - 1)); });
  EXPECT_THAT(cut.what(), testing::HasSubstr(GetParam().name));
  EXPECT_FALSE(cut.hint().empty());
  const Error damaged = error_of([&] { decompressed(codec(), "garbage, and some more of it"); });
  EXPECT_THAT(damaged.what(), testing::HasSubstr(GetParam().name));
}

TEST_P(Decompressor, WhatTheNextSinkThrowsComesOut) {
  const std::string bytes = compressed(small_content());
  for (const std::size_t capacity : {std::size_t{0}, std::size_t{599}, std::size_t{600}}) {
    test::FailingSink sink(capacity);
    const auto decompressor = make_decompressor(codec(), sink);
    const auto work = [&] {
      decompressor->write(as_bytes(bytes));
      decompressor->finish();
    };
    EXPECT_THROW(work(), test::Full) << capacity;
  }
}

TEST_P(Decompressor, AbandonedDoesNotFinishTheNextSink) {
  test::KeepingSink sink;
  make_decompressor(codec(), sink)->write(as_bytes(compressed("hello")));
  EXPECT_EQ(sink.finished, 0);
}

INSTANTIATE_TEST_SUITE_P(Codecs, Decompressor, testing::ValuesIn(programs),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(ZstdDecompressor, ReadsFramesWithoutAChecksumOrASize) {
  const std::string content = small_content();
  EXPECT_EQ(decompressed(Codec::zstd, compressed_by("zstd --no-check", content)), content);
  const std::string piped = compressed_by("sh -c 'zstd < $2' sh", content);
  EXPECT_EQ(decompressed(Codec::zstd, piped), content);
}

// Without a checksum nothing follows the last block: what it holds back must still come out.
TEST(ZstdDecompressor, KeepsNothingBackAtTheEndOfAFrame) {
  for (std::size_t size = 100'000; size < 700'000; size += 33'333) {
    std::string content = test::random_bytes(50'000, 1) + std::string(size, 'a');
    content += test::random_bytes(20'000, 2) + std::string(200'000, 'b');
    for (const char* program : {"zstd --no-check", "zstd -19 --no-check"}) {
      EXPECT_TRUE(decompressed(Codec::zstd, compressed_by(program, content)) == content) << size;
    }
  }
}

TEST(ZstdDecompressor, SkipsSkippableFrames) {
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  EXPECT_EQ(decompressed(Codec::zstd, skippable + compressed_by("zstd", "hello") + skippable),
            "hello");
  for (std::size_t length = 1; length < skippable.size(); ++length) {
    const std::string cut = compressed_by("zstd", "hello") + skippable.substr(0, length);
    EXPECT_EQ(error_of([&] { decompressed(Codec::zstd, cut); }).code(), Errc::corrupt) << length;
  }
}

// zstd 0.1 to 0.7, which Debian's library reads, and engines do not.
// With zeros behind them the library refuses these itself but for the last, of 0.7, which is a
// whole frame to it.
TEST(ZstdDecompressor, RefusesFormatsBeforeTheStandard) {
  std::vector<std::string> magics{"\xfd\x2f\xb5\x1e"};
  for (const char version : {'\x22', '\x23', '\x24', '\x25', '\x26', '\x27'}) {
    magics.push_back(version + std::string("\xb5\x2f\xfd"));
  }
  for (const std::string& magic : magics) {
    const std::string frame = magic + std::string(5, '\0');
    for (const std::string& before : {std::string(), compressed_by("zstd", "hello")}) {
      const Error error = error_of([&] { decompressed(Codec::zstd, before + frame); });
      EXPECT_EQ(error.code(), Errc::corrupt);
    }
  }
}

TEST(ZstdDecompressor, SaysWhatItExpected) {
  const auto refusal_of = [](const std::string& bytes) {
    return test::refusal([&] { decompressed(Codec::zstd, bytes); });
  };
  EXPECT_THAT(refusal_of("no frame"), HasSubstr("expected a zstd frame, found something else"));
  EXPECT_THAT(refusal_of(compressed_by("zstd", "hello") + "more"),
              HasSubstr("expected another zstd frame or the end behind one"));
  // A frame of a window of 2 GiB; one of the dictionary 1.
  EXPECT_THAT(refusal_of(std::string("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9)),
              HasSubstr("a window of at most 128 MiB, found a larger one"));
  EXPECT_THAT(refusal_of(std::string("\x28\xb5\x2f\xfd\x01\x48\x01\x01\x00\x00", 10)),
              HasSubstr("frames without a dictionary, found one that needs it"));
}

// The library takes what begins a piece for a frame, though the piece before began one.
TEST(ZstdDecompressor, RefusesThoseFormatsWhereverAPieceEnds) {
  const std::string whole = compressed_by("zstd", "hello");
  const std::string skippable("\x5f\x2a\x4d\x18\0\0\0\0", 8);
  const std::string old("\x27\xb5\x2f\xfd\0\0\0\0\0", 9);
  for (const std::string& frame : {whole, skippable}) {
    for (std::size_t begun = 1; begun < 4; ++begun) {
      MemorySink sink;
      const auto decompressor = make_decompressor(Codec::zstd, sink);
      decompressor->write(as_bytes(whole + frame.substr(0, begun)));
      EXPECT_EQ(error_of([&] { decompressor->write(as_bytes(old)); }).code(), Errc::corrupt);
    }
  }
}

// A frame whose first block, were it a frame, would be one to be skipped.
TEST(ZstdDecompressor, TakesNoBlockForAFrame) {
  const std::string header("\x28\xb5\x2f\xfd\x50\x01\0", 7);
  const std::string block("\x50\x2a\x4d\x18\0\0\0\0", 8);
  for (std::size_t cut = 1; cut < header.size() + block.size(); ++cut) {
    MemorySink sink;
    const auto decompressor = make_decompressor(Codec::zstd, sink);
    const Error error = error_of([&] {
      decompressor->write(as_bytes((header + block).substr(0, cut)));
      decompressor->write(as_bytes((header + block).substr(cut)));
      decompressor->finish();
    });
    EXPECT_EQ(error.code(), Errc::corrupt) << cut;
  }
}

TEST(ZstdDecompressor, ReadsFramesThatComeByteByByte) {
  const std::string skippable("\x50\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string text =
      skippable + compressed_by("zstd", "hello ") + skippable + compressed_by("zstd", "world");
  MemorySink sink;
  const auto decompressor = make_decompressor(Codec::zstd, sink);
  for (const char& byte : text) decompressor->write(as_bytes(std::string_view(&byte, 1)));
  decompressor->finish();
  EXPECT_EQ(sink.text(), "hello world");
}

TEST(XzDecompressor, ReadsEveryCheckOfThePrograms) {
  for (const char* check : {"none", "crc32", "crc64", "sha256"}) {
    const std::string bytes = compressed_by(std::string("xz --check=") + check, "hello");
    EXPECT_EQ(decompressed(Codec::xz, bytes), "hello") << check;
  }
}

TEST(XzDecompressor, ReadsTheLargestPreset) {
  const std::string content = small_content();
  EXPECT_EQ(decompressed(Codec::xz, compressed_by("xz -9e", content)), content);
}

TEST(XzDecompressor, RefusesAStreamThatWantsMoreMemory) {
  const std::string bytes = compressed_by("xz --lzma2=preset=6,dict=256MiB", "hello");
  const Error error = error_of([&] { decompressed(Codec::xz, bytes); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), testing::HasSubstr("80 MiB"));
}

// The xz format, 2.2: padding behind a stream is zeros, in fours.
TEST(XzDecompressor, TakesStreamPaddingInFours) {
  const std::string bytes = compressed_by("xz", "hello");
  EXPECT_EQ(decompressed(Codec::xz, bytes + std::string(8, '\0') + bytes), "hellohello");
  EXPECT_EQ(error_of([&] { decompressed(Codec::xz, bytes + std::string(6, '\0')); }).code(),
            Errc::corrupt);
}

TEST(GzipDecompressor, ReadsNamesAndCommentsInTheHeader) {
  // FLG: FTEXT, FHCRC absent, FEXTRA, FNAME, FCOMMENT (RFC 1952, 2.3.1).
  std::string bytes = compressed_by("gzip -n", "hello");
  bytes[3] = 0x01 | 0x04 | 0x08 | 0x10;
  bytes.insert(10, std::string("\x02\0ab", 4) + std::string("name\0comment\0", 13));
  EXPECT_EQ(decompressed(Codec::gzip, bytes), "hello");
}

/// A gzip member with everything a header may have (RFC 1952, section 2.3).
std::string with_full_header(const std::string& content) {
  const std::string plain = compressed_by("gzip -n", content);
  std::string header = plain.substr(0, 10);
  header[3] = 2 + 4 + 8 + 16;  // FHCRC, FEXTRA, FNAME, FCOMMENT
  header += std::string("\x06\0AB\x02\0xy", 8) + std::string("name.tar\0", 9) +
            std::string("a comment\0", 10);
  const std::uint32_t checksum = gzip_checksum(as_bytes(header));
  header += static_cast<char>(checksum & 0xffU);
  header += static_cast<char>((checksum >> 8U) & 0xffU);
  return header + plain.substr(10);
}

// ISA-L 2.30 refuses these.
TEST(GzipDecompressor, TakesAFullHeaderCutAnywhere) {
  const std::string bytes = with_full_header("hello");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    test::KeepingSink sink;
    const auto decompressor = make_decompressor(Codec::gzip, sink);
    decompressor->write(as_bytes(bytes).first(cut));
    decompressor->write(as_bytes(bytes).subspan(cut));
    decompressor->finish();
    EXPECT_EQ(sink.text, "hello") << cut;
  }
}

}  // namespace
}  // namespace ocimux
