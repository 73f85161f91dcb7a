#include "digest/digester.hpp"

#include <ocimux/base/error.hpp>

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <array>

namespace ocimux {
namespace {

using test::error_of;
using testing::HasSubstr;

TEST(Digester, PassesBytesOnAndHashesThem) {
  test::KeepingSink sink;
  Digester digester(sink);
  digester.write(as_bytes("ab"));
  digester.write(as_bytes("c"));
  EXPECT_EQ(sink.finished, 0);
  digester.finish();
  EXPECT_EQ(sink.text, "abc");
  EXPECT_EQ(sink.finished, 1);
  EXPECT_EQ(digester.digest(), Digest::of("abc"));
  EXPECT_EQ(digester.size(), 3);
}

TEST(Digester, KnowsTheOtherAlgorithm) {
  test::KeepingSink sink;
  Digester digester(sink, "sha512");
  digester.finish();
  EXPECT_EQ(digester.digest().algorithm(), "sha512");
}

TEST(Digester, LetsTheNextSinkFail) {
  test::FailingSink sink(2);
  Digester digester(sink);
  EXPECT_THROW(digester.write(as_bytes("abc")), test::Full);
}

// What reading @p text as one that should be @p expected gives.
std::string read_as(const std::string& text, const std::string& expected, std::int64_t size) {
  return test::text_of(verified(memory_body(text), Digest::of(expected), size));
}

TEST(Verified, GivesWhatItWasPromised) {
  EXPECT_EQ(read_as("abc", "abc", 3), "abc");
  EXPECT_EQ(read_as("", "", 0), "");
  const std::string large = test::random_bytes(1'000'000, 1);
  EXPECT_TRUE(read_as(large, large, 1'000'000) == large);
}

TEST(Verified, RefusesTooFewBytes) {
  const Error error = error_of([] { read_as("ab", "abc", 3); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("expected 3 bytes, found 2"));
  EXPECT_THAT(error.what(), HasSubstr(Digest::of("abc").string()));
  EXPECT_THAT(error_of([] { read_as("", "abc", 3); }).what(), HasSubstr("found 0"));
}

TEST(Verified, RefusesTooManyBytes) {
  const Error error = error_of([] { read_as("abcd", "abcd", 3); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("expected 3 bytes, found more"));
}

// It must not read to the end of what has none.
TEST(Verified, RefusesTooManyBytesAsSoonAsTheyCome) {
  class Endless final : public Source {
   public:
    std::size_t read(std::span<std::byte> into) override {
      EXPECT_LT(++reads_, 5);
      return reads_ < 5 ? into.size() : 0;
    }

   private:
    int reads_ = 0;
  };
  const Body endless{[] { return std::make_unique<Endless>(); }, 3};
  EXPECT_EQ(error_of([&] { test::text_of(verified(endless, Digest::of("abc"), 3)); }).code(),
            Errc::corrupt);
}

TEST(Verified, RefusesOtherContent) {
  const Error error = error_of([] { read_as("abd", "abc", 3); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr(Digest::of("abc").string()));
  EXPECT_THAT(error.what(), HasSubstr(Digest::of("abd").string()));
}

TEST(Verified, KnowsTheOtherAlgorithm) {
  Hasher hasher("sha512");
  hasher.update(as_bytes("abc"));
  const Digest digest = hasher.digest();
  EXPECT_EQ(test::text_of(verified(memory_body("abc"), digest, 3)), "abc");
  EXPECT_EQ(error_of([&] { test::text_of(verified(memory_body("abd"), digest, 3)); }).code(),
            Errc::corrupt);
}

TEST(Verified, NothingFollowsTheEnd) {
  const auto source = verified(memory_body("abc"), Digest::of("abc"), 3).open();
  std::array<std::byte, 8> buffer{};
  EXPECT_EQ(source->read(buffer), 3U);
  EXPECT_EQ(source->read(buffer), 0U);
  EXPECT_EQ(source->read(buffer), 0U);
}

// One who reads on after the failure must not take what he has for the whole.
TEST(Verified, AFailureStays) {
  for (const char* text : {"abd", "ab", "abcd"}) {
    const auto source = verified(memory_body(text), Digest::of("abc"), 3).open();
    std::array<std::byte, 2> buffer{};
    const auto read_all = [&] {
      while (source->read(buffer) != 0) continue;
    };
    EXPECT_EQ(error_of(read_all).code(), Errc::corrupt) << text;
    EXPECT_EQ(error_of(read_all).code(), Errc::corrupt) << text;
  }
}

TEST(Verified, NeverFinishesTheSinkOfWrongContent) {
  test::KeepingSink sink;
  const auto source = verified(memory_body("abd"), Digest::of("abc"), 3).open();
  EXPECT_THROW(drain(*source, sink), Error);
  EXPECT_EQ(sink.finished, 0);
}

TEST(Verified, OpensMoreThanOnce) {
  const Body body = verified(memory_body("abc"), Digest::of("abc"), 3);
  EXPECT_EQ(body.size, 3);
  EXPECT_EQ(test::text_of(body), "abc");
  EXPECT_EQ(test::text_of(body), "abc");
}

}  // namespace
}  // namespace ocimux
