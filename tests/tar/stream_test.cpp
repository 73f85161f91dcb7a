// Archives that come as a stream, as layers of images do.

#include "tar/reader.hpp"

#include "support/files.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"
#include "support/tar_builder.hpp"
#include "support/tar_members.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

using test::error_of;
using test::member;
using test::ReadMember;
using test::TarBuilder;
using testing::HasSubstr;

/// Gives at most a few bytes a time, and tells at the end that it was read to there.
class Dripping final : public Source {
 public:
  Dripping(std::string text, std::size_t most, bool* ended = nullptr)
      : text_(std::move(text)), most_(most), ended_(ended) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::min({into.size(), most_, text_.size() - at_});
    std::copy_n(as_bytes(text_).subspan(at_).begin(), count, into.begin());
    at_ += count;
    if (count == 0 && ended_ != nullptr) *ended_ = true;
    return count;
  }

 private:
  std::string text_;
  std::size_t most_;
  bool* ended_;
  std::size_t at_ = 0;
};

std::vector<ReadMember> streamed(const std::string& bytes, std::size_t most = SIZE_MAX) {
  std::vector<ReadMember> members;
  bool ended = false;
  TarReader reader(std::make_unique<Dripping>(bytes, most, &ended));
  while (auto header = reader.next()) {
    MemorySink sink;
    reader.content(sink);
    members.push_back({*header, sink.take()});
  }
  EXPECT_TRUE(ended) << "a digest in front of the reader sees every byte";
  return members;
}

std::string compressed_by(const std::string& program, const std::string& bytes) {
  const test::TemporaryDirectory directory;
  test::write_file(directory / "in", bytes);
  return test::output_of(program + " < '" + (directory / "in").string() + "'");
}

std::string sample() {
  TarBuilder builder;
  builder.directory("dir").file("dir/file", "hello").hard_link("hard", "dir/file");
  builder.symlink("link", "/else/where").file(std::string(150, 'n'), test::random_bytes(70'000, 1));
  return builder.bytes();
}

void expect_sample(const std::vector<ReadMember>& members) {
  ASSERT_EQ(members.size(), 5U);
  EXPECT_EQ(member(members, "dir/file").content, "hello");
  EXPECT_EQ(member(members, "hard").header.link_target, "dir/file");
  EXPECT_EQ(member(members, "link").header.link_target, "/else/where");
  EXPECT_TRUE(member(members, std::string(150, 'n')).content == test::random_bytes(70'000, 1));
}

TEST(TarReaderOfAStream, ReadsAnyPieces) {
  const std::string bytes = sample();
  for (const std::size_t most : {std::size_t{1}, std::size_t{511}, SIZE_MAX}) {
    expect_sample(streamed(bytes, most));
  }
}

TEST(TarReaderOfAStream, DecompressesGzipAndZstd) {
  const std::string bytes = sample();
  for (const char* program : {"gzip", "gzip -9n", "zstd", "zstd -19 --no-check"}) {
    const std::string compressed = compressed_by(program, bytes);
    expect_sample(streamed(compressed));
    expect_sample(streamed(compressed, 7));
  }
}

TEST(TarReaderOfAStream, DecompressesGzipOfSeveralMembers) {
  const std::string bytes = sample();
  std::string compressed;
  for (std::size_t at = 0; at < bytes.size(); at += 30'000) {
    compressed += compressed_by("gzip", bytes.substr(at, 30'000));
  }
  expect_sample(streamed(compressed));
  expect_sample(streamed(compressed + compressed_by("gzip", "")));
}

TEST(TarReaderOfAStream, DecompressesZstdOfSeveralFramesAndSkippableOnes) {
  const std::string skippable("\x5a\x2a\x4d\x18\x03\0\0\0abc", 11);
  const std::string bytes = sample();
  std::string compressed = skippable;
  for (std::size_t at = 0; at < bytes.size(); at += 30'000) {
    compressed += compressed_by("zstd", bytes.substr(at, 30'000)) + skippable;
  }
  expect_sample(streamed(compressed));
  expect_sample(streamed(compressed, 3));
}

TEST(TarReaderOfAStream, DecompressesOnce) {
  const std::string twice = compressed_by("gzip", compressed_by("gzip", sample()));
  EXPECT_EQ(error_of([&] { streamed(twice); }).code(), Errc::corrupt);
}

TEST(TarReaderOfAStream, RefusesOtherCompressions) {
  for (const char* program : {"xz", "bzip2"}) {
    const Error error = error_of([&] { streamed(compressed_by(program, sample())); });
    EXPECT_EQ(error.code(), Errc::unsupported);
    EXPECT_THAT(error.what(), HasSubstr(program));
  }
}

// Also where the archive itself has ended: what is cut then is a checksum.
TEST(TarReaderOfAStream, RefusesACompressedStreamThatIsCutAtAnyByte) {
  const std::string bytes = TarBuilder().file("a", "hello").file("b", "world").bytes();
  for (const char* program : {"gzip", "zstd"}) {
    const std::string whole = compressed_by(program, bytes);
    ASSERT_EQ(streamed(whole).size(), 2U);
    for (std::size_t length = 1; length < whole.size(); ++length) {
      EXPECT_EQ(error_of([&] { streamed(whole.substr(0, length)); }).code(), Errc::corrupt)
          << program << " cut at " << length << " of " << whole.size();
    }
  }
}

TEST(TarReaderOfAStream, RefusesDamageInACompressedStream) {
  const std::string bytes = TarBuilder().file("a", test::random_bytes(3000, 2)).bytes();
  for (const char* program : {"gzip -n", "zstd"}) {
    const std::string whole = compressed_by(program, bytes);
    for (const std::size_t at : {whole.size() / 2, whole.size() - 6}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
      EXPECT_EQ(error_of([&] { streamed(damaged); }).code(), Errc::corrupt) << program << at;
    }
  }
}

TEST(TarReaderOfAStream, RefusesAnArchiveThatIsCutInAMember) {
  const std::string bytes = TarBuilder("ustar").file("a", std::string(5000, 'x')).bytes();
  for (const std::size_t length : {1U, 511U, 513U, 3000U, 5511U}) {
    const std::string cut = bytes.substr(0, length);
    EXPECT_EQ(error_of([&] { streamed(cut); }).code(), Errc::corrupt) << length;
    const auto skip_all = [&] {
      TarReader reader(std::make_unique<MemorySource>(cut));
      while (reader.next()) continue;
    };
    EXPECT_EQ(error_of(skip_all).code(), Errc::corrupt) << length << ", content not read";
  }
}

TarEnd end_of(const std::string& bytes, std::size_t most = SIZE_MAX) {
  TarReader reader(std::make_unique<Dripping>(bytes, most));
  while (reader.next()) continue;
  return reader.end();
}

TEST(TarReaderOfAStream, TakesAnEndThatEnginesTake) {
  const std::string bytes = TarBuilder("ustar").file("a", std::string(512, 'x')).bytes();
  ASSERT_EQ(bytes.size(), 4U * 512);
  EXPECT_EQ(streamed(bytes.substr(0, 1024)).size(), 1U) << "no blocks of zeros";
  EXPECT_EQ(streamed(bytes.substr(0, 1536)).size(), 1U) << "one block of zeros";
  EXPECT_EQ(streamed(bytes + std::string(9 << 20, '\0')).size(), 1U) << "many";
  EXPECT_EQ(streamed(bytes + "something behind").size(), 1U);
  EXPECT_TRUE(streamed(std::string(1024, '\0')).empty()) << "Docker's empty layer";
  EXPECT_TRUE(streamed("").empty());
  const std::string global = "14 comment=ab\n";
  std::string header = TarBuilder("ustar").file("g", global).bytes();
  test::set_field(header, 0, 156, "g");
  EXPECT_TRUE(streamed(header).empty()) << "as git archive makes it of no files";
  EXPECT_TRUE(streamed(compressed_by("gzip", "")).empty());
}

TEST(TarReaderOfAStream, SaysHowTheArchiveEnds) {
  const std::string bytes = TarBuilder("ustar").file("a", "hello").bytes();
  ASSERT_EQ(bytes.size(), 4U * 512);
  EXPECT_EQ(end_of(bytes), TarEnd::marked);
  EXPECT_EQ(end_of(bytes + "behind"), TarEnd::followed);
  EXPECT_EQ(end_of(bytes + "behind", 100), TarEnd::followed);
  EXPECT_EQ(end_of(bytes + std::string(300'000, '\0')), TarEnd::marked);
  EXPECT_EQ(end_of(bytes + std::string(300'000, '\0') + "x"), TarEnd::followed);
  EXPECT_EQ(end_of(bytes.substr(0, 1536)), TarEnd::unmarked);
  EXPECT_EQ(end_of(bytes.substr(0, 1024)), TarEnd::unmarked);
  EXPECT_EQ(end_of(bytes.substr(0, 1023)), TarEnd::unpadded);
  EXPECT_EQ(end_of(bytes.substr(0, 517)), TarEnd::unpadded);
  EXPECT_EQ(end_of(""), TarEnd::unmarked);
}

// As `umoci insert` 0.4 makes layers, and Go's archive/tar takes them. The bytes behind each length
// are those that may be missing.
TEST(TarReaderOfAStream, TakesContentWithoutPaddingButNoneThatIsCut) {
  const std::string pax =
      TarBuilder("pax").file("dir/first", "1").file("dir/last", std::string(700, 'x')).bytes();
  const std::string sparse =
      test::archive_by("truncate -s 100000 f; printf end >> f; tar -b1 -S --format=gnu -cf - f");
  const std::string directory = TarBuilder("ustar").directory("dir").bytes();
  for (const auto& [bytes, content] :
       {std::pair(pax, pax.find(std::string(700, 'x')) + 700),
        std::pair(sparse, sparse.find("end") + 3), std::pair(directory, std::size_t{512})}) {
    ASSERT_NE(bytes.find("ustar"), std::string::npos);
    const auto members = streamed(bytes);
    const std::size_t last_block = (content - 1) / 512 * 512;
    for (std::size_t length = last_block + 1; length < bytes.size(); ++length) {
      const std::string cut = bytes.substr(0, length);
      const std::size_t behind = length - (last_block + 512);
      const bool taken = length >= content && (length <= last_block + 512 || behind % 512 == 0);
      for (const std::size_t most : {std::size_t{100}, SIZE_MAX}) {
        const auto error =
            test::refusal([&] { EXPECT_EQ(streamed(cut, most).size(), members.size()); });
        EXPECT_EQ(error.empty(), taken) << length << " of " << bytes.size() << ": " << error;
        const auto skipped = test::refusal([&] { static_cast<void>(end_of(cut, most)); });
        EXPECT_EQ(skipped.empty(), taken) << length << ", content not read: " << skipped;
      }
    }
  }
}

// Wherever the headers come to stand in what is read at a time (128 KiB).
TEST(TarReaderOfAStream, RefusesHolesInAHeaderOfAnotherType) {
  for (std::size_t blocks = 250; blocks < 258; ++blocks) {
    const std::string bytes = TarBuilder("gnutar")
                                  .file("first", std::string(blocks * 512, 'x'))
                                  .file(std::string(700, 'n'), "abc")
                                  .bytes();
    ASSERT_EQ(streamed(bytes).size(), 2U);
    const std::size_t header = bytes.find("abc") - 512;
    for (const std::size_t field : {std::size_t{386}, std::size_t{483}}) {
      std::string against = bytes;
      test::set_field(against, header, field, "00000000644");
      const Error error = error_of([&] { streamed(against); });
      EXPECT_EQ(error.code(), Errc::corrupt);
      EXPECT_THAT(error.what(), HasSubstr("in headers of type 'S' alone"));
    }
  }
}

// A header that ends with zeros is still none without them.
TEST(TarReaderOfAStream, RefusesPartsOfHeadersAndOfTheEnd) {
  const std::string first = TarBuilder("ustar").file("a", "x").bytes().substr(0, 1024);
  const std::string two = first + TarBuilder("ustar").directory("b").bytes();
  ASSERT_EQ(streamed(two).size(), 2U);
  for (const std::size_t length : {1U, 257U, 400U, 511U}) {
    EXPECT_EQ(error_of([&] { streamed(two.substr(0, 1024 + length)); }).code(), Errc::corrupt)
        << length;
    for (const std::size_t zeros : {std::size_t{0}, std::size_t{512}}) {
      const std::string cut = first + std::string(zeros + length, '\0');
      EXPECT_EQ(error_of([&] { streamed(cut); }).code(), Errc::corrupt) << zeros + length;
    }
  }
  const std::string lone = first + std::string(512, '\0') + two;
  EXPECT_EQ(error_of([&] { streamed(lone); }).code(), Errc::corrupt) << "as for Go's archive/tar";
}

TEST(TarReaderOfAStream, TakesNamesFromTheRootButNoneThatClimb) {
  const auto members =
      streamed(TarBuilder().file("//etc/a", "x").hard_link("/b", "/etc/a").directory("/").bytes());
  EXPECT_EQ(members[0].header.path, "etc/a");
  EXPECT_EQ(members[1].header.link_target, "etc/a");
  EXPECT_EQ(members[2].header.path, "");
  const std::string climbing = TarBuilder().file("a/../../b", "x").bytes();
  EXPECT_EQ(error_of([&] { streamed(climbing); }).code(), Errc::corrupt);
}

TEST(TarReaderOfAStream, LetsWhatTheSourceThrowsThrough) {
  class Failing final : public Source {
   public:
    explicit Failing(std::string text) : text_(std::move(text)) {}
    std::size_t read(std::span<std::byte> into) override {
      const std::size_t count = text_.read(into);
      if (count == 0) throw Error(Errc::network, "gone");
      return count;
    }

   private:
    MemorySource text_;
  };
  const std::string bytes = sample();
  for (const std::string& whole : {bytes, compressed_by("gzip", bytes)}) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{600}, whole.size()}) {
      const auto read_all = [&] {
        TarReader reader(std::make_unique<Failing>(whole.substr(0, length)));
        while (reader.next()) continue;
      };
      EXPECT_EQ(error_of(read_all).code(), Errc::network) << length;
    }
  }
}

TEST(TarReader, GivesTheFrontOfAMemberAndStillAllOfIt) {
  const std::string content = test::random_bytes(100'000, 3);
  const std::string bytes = TarBuilder().file("a", content).file("b", "xyz").bytes();
  const auto check = [&](TarReader& reader) {
    std::array<std::byte, 5000> front{};
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.front(std::span(front).first(10)), 10U);
    EXPECT_EQ(as_text(Bytes(front).first(10)), content.substr(0, 10));
    EXPECT_EQ(reader.front(front), 5000U);
    EXPECT_TRUE(as_text(front) == content.substr(0, 5000));
    MemorySink sink;
    reader.content(sink);
    EXPECT_TRUE(sink.text() == content);
    ASSERT_TRUE(reader.next());
    EXPECT_EQ(reader.front(front), 3U);
    EXPECT_EQ(as_text(Bytes(front).first(3)), "xyz");
    EXPECT_FALSE(reader.next()) << "the rest of a member need not be read";
  };
  TarReader of_file(test::file_with(bytes));
  check(of_file);
  TarReader of_stream(std::make_unique<MemorySource>(bytes));
  check(of_stream);
}

TEST(TarReader, GivesTheFrontOfASparseMember) {
  const std::string bytes = test::archive_by(
      "truncate -s 100000 f; printf end >> f; tar -S --format=pax --sparse-version=1.0 -cf - f");
  TarReader reader(test::file_with(bytes));
  ASSERT_TRUE(reader.next());
  std::string front(6000, 'x');
  EXPECT_EQ(reader.front(std::as_writable_bytes(std::span(front))), front.size());
  EXPECT_TRUE(front == std::string(6000, '\0'));
  MemorySink sink;
  reader.content(sink);
  EXPECT_TRUE(sink.text() == std::string(100'000, '\0') + "end");
}

}  // namespace
}  // namespace ocimux
