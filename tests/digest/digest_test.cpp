#include <ocimux/digest/digest.hpp>

#include <ocimux/base/error.hpp>

#include "digest/hasher.hpp"
#include "support/image_builder.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

namespace ocimux {
namespace {

using test::error_of;

// FIPS 180-4 examples.
constexpr std::string_view sha256_of_nothing =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view sha256_of_abc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view sha512_of_abc =
    "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

std::string digested(std::string_view algorithm, std::string_view text) {
  Hasher hasher(algorithm);
  hasher.update(as_bytes(text));
  return hasher.digest().string();
}

Errc refusal_of(std::string_view text) {
  return error_of([&] { Digest::parse(text); }).code();
}

TEST(Digest, OfBytesIsTheirSha256) {
  EXPECT_EQ(Digest::of("").string(), sha256_of_nothing);
  EXPECT_EQ(Digest::of("abc").string(), sha256_of_abc);
  EXPECT_EQ(Digest::of(as_bytes("abc")), Digest::of("abc"));
}

TEST(Digest, ReadsWhatIsWellFormed) {
  const Digest short_one = Digest::parse(sha256_of_abc);
  EXPECT_EQ(short_one.string(), sha256_of_abc);
  EXPECT_EQ(short_one.algorithm(), "sha256");
  EXPECT_EQ(short_one.encoded(), sha256_of_abc.substr(7));
  const Digest long_one = Digest::parse(sha512_of_abc);
  EXPECT_EQ(long_one.algorithm(), "sha512");
  EXPECT_EQ(long_one.encoded(), sha512_of_abc.substr(7));
}

TEST(Digest, Compares) {
  EXPECT_EQ(Digest::parse(sha256_of_abc), Digest::of("abc"));
  EXPECT_NE(Digest::of(""), Digest::of("abc"));
  EXPECT_LT(Digest::of("abc"), Digest::of(""));
}

TEST(Digest, RejectsUpperCaseHex) {
  std::string text(sha256_of_abc);
  text.back() = 'D';
  EXPECT_EQ(refusal_of(text), Errc::corrupt);
}

TEST(Digest, RejectsTheWrongLength) {
  const std::string text(sha256_of_abc);
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_EQ(refusal_of(text.substr(0, length)), Errc::corrupt) << length;
  }
  EXPECT_EQ(refusal_of(text + "a"), Errc::corrupt);
  EXPECT_EQ(refusal_of("sha512:" + text.substr(7)), Errc::corrupt);
  EXPECT_EQ(refusal_of("sha256:" + std::string(sha512_of_abc.substr(7))), Errc::corrupt);
}

TEST(Digest, RejectsWhatNoDigestIs) {
  const std::string hex(64, 'a');
  for (const std::string& text :
       {hex, "sha256" + hex, "sha256:" + hex + "\n", " sha256:" + hex, "SHA256:" + hex,
        "sha1:" + hex.substr(0, 40), "md5:" + hex.substr(0, 32), "blake3:" + hex, ":" + hex,
        "sha256::" + hex.substr(1), "sha256:" + hex.substr(1) + "g",
        "sha256:" + hex.substr(1) + std::string(1, '\0'), "sha256:sha256:" + hex.substr(7)}) {
    EXPECT_EQ(refusal_of(text), Errc::corrupt) << text;
  }
}

TEST(Digest, RejectsWhatCouldBecomeAPath) {
  for (const std::string& text :
       {std::string("../../../../etc/passwd"), std::string("sha256:../../../../../etc/passwd"),
        "sha256:" + std::string(61, '.') + "/..", "../sha256:" + std::string(64, 'a'),
        "sha256:" + std::string(63, 'a') + "/"}) {
    EXPECT_EQ(refusal_of(text), Errc::corrupt) << text;
  }
}

TEST(Digest, AnErrorShowsALittleOfWhatWasFound) {
  const Error error = error_of([] { Digest::parse("nonsense" + std::string(100'000, 'x')); });
  EXPECT_THAT(error.what(), testing::HasSubstr("found 'nonsensexxx"));
  EXPECT_LT(std::string(error.what()).size(), 400U);
}

TEST(Hasher, KnowsTheVectorsOfBothAlgorithms) {
  EXPECT_EQ(digested("sha256", "abc"), sha256_of_abc);
  EXPECT_EQ(digested("sha512", "abc"), sha512_of_abc);
  EXPECT_EQ(digested("sha256", std::string(1'000'000, 'a')),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hasher, MindsNotHowBytesCome) {
  Hasher hasher;
  for (const char& c : std::string_view("abc")) {
    hasher.update({});
    hasher.update(as_bytes(std::string_view(&c, 1)));
  }
  EXPECT_EQ(hasher.digest().string(), sha256_of_abc);
}

}  // namespace
}  // namespace ocimux
