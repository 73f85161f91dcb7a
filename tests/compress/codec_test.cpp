#include "compress/codec.hpp"

#include "compress/compressor.hpp"
#include "compress/decompressor.hpp"
#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using test::error_of;

Codec sniffed(const std::string& front) { return sniff(as_bytes(front)); }

TEST(Sniff, KnowsWhatTheProgramsWrite) {
  EXPECT_EQ(sniffed(test::compressed_by("gzip", "x")), Codec::gzip);
  EXPECT_EQ(sniffed(test::compressed_by("zstd", "x")), Codec::zstd);
  EXPECT_EQ(sniffed(test::compressed_by("xz", "x")), Codec::xz);
  EXPECT_EQ(sniffed(test::compressed_by("bzip2", "x")), Codec::bzip2);
}

// A tar begins with the name of its first member.
TEST(Sniff, DoesNotTakeANameThatBeginsLikeBzip2) {
  EXPECT_EQ(sniffed("BZhang/"), Codec::none);
  EXPECT_EQ(sniffed("BZh9.txt"), Codec::none);
  EXPECT_EQ(sniffed("BZh91"), Codec::none);
  EXPECT_EQ(sniffed(test::compressed_by("bzip2", "")), Codec::bzip2);
}

TEST(Sniff, NeedsNoMoreThanItsLength) {
  for (const char* program : {"gzip", "zstd", "xz", "bzip2"}) {
    const std::string front = test::compressed_by(program, "x").substr(0, sniff_length);
    EXPECT_EQ(name_of(sniffed(front)), program);
  }
}

TEST(Sniff, TakesASkippableFrameForZstd) {
  for (char number = 0x50; number <= 0x5f; ++number) {
    EXPECT_EQ(sniffed(std::string(1, number) + "\x2a\x4d\x18"), Codec::zstd);
  }
  EXPECT_EQ(sniffed("\x4f\x2a\x4d\x18"), Codec::none);
  EXPECT_EQ(sniffed("\x60\x2a\x4d\x18"), Codec::none);
}

TEST(Sniff, SaysNoneForEverythingElse) {
  for (const char* front : {"", "B", "BZ", "\x1f", "\x1f\x8b", "\x28\xb5\x2f",
                            "\xfd"
                            "7zXZ",
                            "{\"a\":1}", "PK\x03\x04"}) {
    EXPECT_EQ(sniffed(front), Codec::none) << front;
  }
}

TEST(Compression, ParsesEveryLevelThereIs) {
  EXPECT_EQ(Compression::parse("gzip").codec, Codec::gzip);
  EXPECT_EQ(Compression::parse("gzip").level, Compression{}.level);
  EXPECT_EQ(Compression::parse("zstd").level, 3);
  EXPECT_EQ(Compression::parse("none").codec, Codec::none);
  for (int level = 1; level <= 9; ++level) {
    EXPECT_EQ(Compression::parse("gzip:" + std::to_string(level)).level, level);
  }
  for (int level = 1; level <= 19; ++level) {
    const Compression compression = Compression::parse("zstd:" + std::to_string(level));
    EXPECT_EQ(compression.codec, Codec::zstd);
    EXPECT_EQ(compression.level, level);
  }
}

TEST(Compression, RefusesEverythingElse) {
  for (const char* text :
       {"", "gzip:", "gzip:0", "gzip:10", "gzip:-1", "gzip: 1", "gzip:1x", "gzip:99999999999",
        "zstd:0", "zstd:20", "zstd:+3", "none:1", "xz", "bzip2", "GZIP", "gzip ", ":1", "lz4"}) {
    EXPECT_EQ(error_of([&] { Compression::parse(text); }).code(), Errc::invalid_argument) << text;
  }
}

TEST(Compressor, MakesNoXzAndNoBzip2) {
  test::KeepingSink sink;
  for (const Codec codec : {Codec::xz, Codec::bzip2}) {
    EXPECT_EQ(error_of([&] { make_compressor({codec, 6}, sink, 1); }).code(), Errc::unsupported);
  }
}

TEST(Codec, NonePassesBytesUnchanged) {
  test::KeepingSink sink;
  const auto in = make_compressor({Codec::none, 0}, sink, 2);
  const auto out = make_decompressor(Codec::none, sink);
  in->write(as_bytes("a"));
  out->write(as_bytes("b"));
  EXPECT_EQ(sink.finished, 0);
  in->finish();
  out->finish();
  EXPECT_EQ(sink.text, "ab");
  EXPECT_EQ(sink.finished, 2);
}

}  // namespace
}  // namespace ocimux
