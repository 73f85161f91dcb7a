#include "compress/gzip_blocks.hpp"

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace ocimux {
namespace {

/// Memory whose first (or last) byte is the first (or last) that may be touched.
class Guarded {
 public:
  enum class At { front, back };

  Guarded(std::size_t size, At at) : size_(size), page_(static_cast<std::size_t>(getpagesize())) {
    pages_ = (size + page_ - 1) / page_ * page_;
    void* const memory =
        mmap(nullptr, pages_ + 2 * page_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<std::byte*>(memory);
    mprotect(memory_ + page_, pages_, PROT_READ | PROT_WRITE);
    start_ = memory_ + page_ + (at == At::front ? 0 : pages_ - size);
  }
  Guarded(const Guarded&) = delete;
  Guarded& operator=(const Guarded&) = delete;
  ~Guarded() { munmap(memory_, pages_ + 2 * page_); }

  [[nodiscard]] std::span<std::byte> bytes() const { return {start_, size_}; }

 private:
  std::size_t size_;
  std::size_t page_;
  std::size_t pages_ = 0;
  std::byte* memory_ = nullptr;
  std::byte* start_ = nullptr;
};

// Like programs and texts: repeats near and far, and noise.
std::string content_of(std::size_t size) {
  std::string content = test::random_bytes(4000, 3);
  const std::string noise = test::random_bytes(size, 4);
  for (std::size_t i = 0; content.size() < size; ++i) {
    const auto pick = static_cast<unsigned char>(noise[i]);
    const auto length = static_cast<unsigned char>(noise[i + 1]) / 8 + 3;
    const std::size_t back = 1 + (static_cast<std::size_t>(pick) * 131) % content.size();
    if (pick % 5 == 0) {
      content += noise.substr(i, 7);
    } else {
      content += content.substr(content.size() - back, static_cast<std::size_t>(length));
    }
  }
  content.resize(size);
  return content;
}

std::string encoded(int level, GzipEncoder& encoder, const GzipBlock& block) {
  const Guarded output(encoder.bound(block.input.size()), Guarded::At::back);
  const std::size_t size = encoder.encode(block, output.bytes());
  EXPECT_LE(size, output.bytes().size()) << level;
  return std::string(as_text(Bytes(output.bytes()).first(size)));
}

class Level : public testing::TestWithParam<int> {};

// ISA-L looks in front of its input when it gets no history: the bytes would depend on what lies
// there.
TEST_P(Level, TouchesNothingButWhatItIsGiven) {
  const auto encoder = make_gzip_encoder(GetParam());
  const std::string content = content_of(deflate_window + 500'000);
  const bool hangs_together = gzip_framing(GetParam()) == GzipFraming::one_member;
  for (const bool last : {false, true}) {
    for (const bool first : {false, true}) {
      std::vector<std::string> all;
      for (const auto at : {Guarded::At::front, Guarded::At::back}) {
        for (const std::size_t size : {content.size() - deflate_window, std::size_t{40'000}}) {
          const Guarded history(deflate_window, at);
          const Guarded input(size, at);
          std::memcpy(history.bytes().data(), content.data(), deflate_window);
          std::memcpy(input.bytes().data(), content.data() + deflate_window, size);
          const bool with_history = hangs_together && !first;
          all.push_back(
              encoded(GetParam(), *encoder,
                      {with_history ? Bytes(history.bytes()) : Bytes(), input.bytes(), last}));
        }
      }
      EXPECT_TRUE(all[0] == all[2]) << first << last;
      EXPECT_TRUE(all[1] == all[3]) << first << last;
    }
  }
}

TEST_P(Level, WhatWasEncodedBeforeDoesNotShow) {
  const std::string content = content_of(600'000);
  const Bytes all = as_bytes(content);
  const GzipBlock block{all.first(deflate_window), all.subspan(deflate_window, 300'000)};
  const auto fresh = make_gzip_encoder(GetParam());
  const auto used = make_gzip_encoder(GetParam());
  for (const std::size_t offset : {std::size_t{50'000}, std::size_t{111'111}}) {
    encoded(GetParam(), *used,
            {all.subspan(offset - deflate_window, deflate_window), all.subspan(offset, 400'000)});
    EXPECT_TRUE(encoded(GetParam(), *used, block) == encoded(GetParam(), *fresh, block));
  }
}

TEST_P(Level, NoiseFitsInTheBound) {
  const auto encoder = make_gzip_encoder(GetParam());
  for (const std::size_t size : {deflate_window, std::size_t{1} << 20U}) {
    const std::string noise = test::random_bytes(deflate_window + size, 8);
    const Bytes all = as_bytes(noise);
    for (const bool last : {false, true}) {
      EXPECT_GT(encoded(GetParam(), *encoder, {{}, all.first(size), last}).size(), size);
      const GzipBlock next{all.first(deflate_window), all.subspan(deflate_window), last};
      EXPECT_GT(encoded(GetParam(), *encoder, next).size(), size);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Level, testing::Range(1, 10));

TEST(GzipChecksum, OfTwoPiecesIsThatOfBoth) {
  const std::string content = test::random_bytes(100'000, 5);
  const Bytes all = as_bytes(content);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, all.size()}) {
    EXPECT_EQ(joined_checksum(gzip_checksum(all.first(cut)), gzip_checksum(all.subspan(cut)),
                              static_cast<std::int64_t>(all.size() - cut)),
              gzip_checksum(all));
  }
}

}  // namespace
}  // namespace ocimux
