// Decompression for who pulls, not pushes.

#include "compress/decompressed.hpp"

#include "compress/compressor.hpp"

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ocimux {
namespace {

using test::error_of;

std::string compressed(Codec codec, const std::string& text) {
  MemorySink sink;
  const auto compressor = make_compressor({codec, codec == Codec::none ? 0 : 1}, sink, 1);
  compressor->write(as_bytes(text));
  compressor->finish();
  return sink.take();
}

std::string pulled(const std::string& bytes, std::size_t piece) {
  const auto source = decompressed(std::make_unique<MemorySource>(bytes));
  std::vector<std::byte> buffer(piece);
  std::string text;
  while (const std::size_t count = source->read(buffer)) {
    text += as_text(Bytes(buffer).first(count));
  }
  EXPECT_EQ(source->read(buffer), 0U) << "the end is for good";
  return text;
}

TEST(Decompressed, GivesWhatWasCompressed) {
  for (const Codec codec : {Codec::none, Codec::gzip, Codec::zstd}) {
    for (const std::string& text : {std::string(), std::string("x"), test::random_bytes(100'000, 1),
                                    std::string(3'000'000, 'a')}) {
      for (const std::size_t piece : {1U, 5000U, 1U << 20U}) {
        if (piece == 1 && text.size() > 100'000) continue;
        EXPECT_TRUE(pulled(compressed(codec, text), piece) == text)
            << name_of(codec) << " " << text.size() << " by " << piece;
      }
    }
  }
}

TEST(Decompressed, SaysWhatIsCutOrDamagedAndGoesOnRefusing) {
  const std::string text = test::random_bytes(50'000, 2);
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string whole = compressed(codec, text);
    for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{6}}) {
      EXPECT_EQ(error_of([&] { pulled(whole.substr(0, length), 4096); }).code(), Errc::corrupt)
          << name_of(codec) << " cut at " << length;
    }
    std::string damaged = whole;
    damaged[whole.size() / 2] ^= 1;
    EXPECT_EQ(error_of([&] { pulled(damaged, 4096); }).code(), Errc::corrupt) << name_of(codec);
  }
}

// Members of gzip go two ways by their size; a file may have both kinds, in any order.
TEST(Decompressed, GivesSmallAndLargeMembersInAnyOrder) {
  const auto member = [](const std::string& text) { return test::compressed_by("gzip -n", text); };
  const std::string small = test::random_bytes(300'000, 3);
  const std::string large = test::random_bytes(1'500'000, 4) + std::string(1'000'000, 'a');
  const std::string edge = test::random_bytes(std::size_t{1} << 20U, 5);
  std::string stored;
  std::string text;
  for (const std::string& part :
       {small, large, std::string(), small, edge, edge + "x", small, std::string(), large, small}) {
    stored += member(part);
    text += part;
  }
  for (const std::size_t piece : {1000U, 1U << 17U, 5U << 20U}) {
    EXPECT_TRUE(pulled(stored, piece) == text) << "by " << piece;
  }
  for (const std::size_t cut : {1U, 9U, 100'000U}) {
    EXPECT_EQ(error_of([&] { pulled(stored.substr(0, stored.size() - cut), 4096); }).code(),
              Errc::corrupt);
  }
  EXPECT_EQ(error_of([&] { pulled(stored + "x", 4096); }).code(), Errc::corrupt);
  std::string damaged = stored;
  damaged[damaged.size() - 6] ^= 1;  // the length that a small one says at its end
  EXPECT_EQ(error_of([&] { pulled(damaged, 4096); }).code(), Errc::corrupt);
}

// What is at hand is moved each time that more is read: for every small member that would be slow.
TEST(Decompressed, ReadsManySmallMembersInLargePieces) {
  class Counted final : public Source {
   public:
    Counted(std::string bytes, int& reads) : from_(std::move(bytes)), reads_(reads) {}
    std::size_t read(std::span<std::byte> into) override {
      ++reads_;
      return from_.read(into);
    }

   private:
    MemorySource from_;
    int& reads_;
  };
  constexpr int members = 50'000;
  const std::string member = compressed(Codec::gzip, "x");
  std::string stored;
  for (int i = 0; i < members; ++i) stored += member;
  int reads = 0;
  const auto source = decompressed(std::make_unique<Counted>(std::move(stored), reads));
  NullSink counted;
  drain(*source, counted);
  EXPECT_EQ(counted.count(), members);
  EXPECT_LT(reads, 20);
}

// What a bomb becomes is read in pieces, too: 1 GiB here, of a few KiB.
TEST(Decompressed, HoldsLittleOfABomb) {
  class Zeros final : public Source {
   public:
    std::size_t read(std::span<std::byte> into) override {
      const std::size_t count = std::min<std::size_t>(into.size(), left_);
      std::fill_n(into.begin(), count, std::byte{});
      left_ -= count;
      return count;
    }

   private:
    std::size_t left_ = std::size_t{1} << 30U;
  };
  MemorySink bomb;
  const auto compressor = make_compressor({Codec::zstd, 1}, bomb, 1);
  Zeros zeros;
  drain(zeros, *compressor);
  const auto source = decompressed(std::make_unique<MemorySource>(bomb.take()));
  NullSink counted;
  drain(*source, counted);
  EXPECT_EQ(counted.count(), std::int64_t{1} << 30U);
}

TEST(Decompressed, RefusesOtherCompressionsAtOnce) {
  const std::string xz(
      "\xfd"
      "7zXZ\0\0\0",
      8);
  for (const std::string& bytes : {xz, std::string("BZh91AY")}) {
    EXPECT_EQ(error_of([&] { decompressed(std::make_unique<MemorySource>(bytes)); }).code(),
              Errc::unsupported);
  }
}

}  // namespace
}  // namespace ocimux
