#include <ocimux/io/stream.hpp>

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <array>

namespace ocimux {
namespace {

using test::error_of;

TEST(Drain, MovesEverythingAndFinishesOnce) {
  for (const std::size_t size : {0U, 1U, 256U * 1024U, 1'000'000U}) {
    const std::string bytes = test::random_bytes(size, 1);
    MemorySource source(bytes);
    test::KeepingSink sink;
    drain(source, sink);
    EXPECT_TRUE(sink.text == bytes) << size;
    EXPECT_EQ(sink.finished, 1);
  }
}

// A Source that asks for a stop while it is read.
class StoppingSource final : public Source {
 public:
  std::size_t read(std::span<std::byte> into) override {
    if (++reads == 3) stop.request_stop();
    into[0] = std::byte{'x'};
    return 1;
  }
  int reads = 0;
  std::stop_source stop;
};

TEST(Drain, StopsBetweenReadsAndDoesNotFinish) {
  StoppingSource source;
  test::KeepingSink sink;
  EXPECT_EQ(error_of([&] { drain(source, sink, source.stop.get_token()); }).code(),
            Errc::cancelled);
  EXPECT_EQ(source.reads, 3);
  EXPECT_EQ(sink.finished, 0);
}

TEST(Drain, DoesNotFinishAfterAFailure) {
  class Failing final : public Source {
   public:
    std::size_t read(std::span<std::byte> /*into*/) override { throw test::Full(); }
  } source;
  test::KeepingSink sink;
  EXPECT_THROW(drain(source, sink), test::Full);
  EXPECT_EQ(sink.finished, 0);
}

TEST(Drain, LetsASinkFailAtAnyByte) {
  const std::string bytes = test::random_bytes(300, 1);
  for (std::size_t capacity = 0; capacity <= bytes.size(); ++capacity) {
    MemorySource source(bytes);
    test::FailingSink sink(capacity);
    EXPECT_THROW(drain(source, sink), test::Full) << capacity;
  }
}

TEST(MemorySource, GivesItsTextOnce) {
  MemorySource source("abc");
  std::array<std::byte, 2> buffer{};
  EXPECT_EQ(source.read(buffer), 2U);
  EXPECT_EQ(source.read(buffer), 1U);
  EXPECT_EQ(source.read(buffer), 0U);
  EXPECT_EQ(source.read(buffer), 0U);
}

TEST(MemorySink, RefusesToGrowPastItsLimit) {
  MemorySink sink(3);
  sink.write(as_bytes("ab"));
  sink.write(as_bytes("c"));
  sink.write({});
  EXPECT_EQ(error_of([&] { sink.write(as_bytes("d")); }).code(), Errc::corrupt);
  EXPECT_EQ(sink.text(), "abc");
  EXPECT_EQ(sink.take(), "abc");
}

TEST(NullSink, CountsAndKeepsNothing) {
  NullSink sink;
  sink.write(as_bytes("abc"));
  sink.write(as_bytes("d"));
  sink.finish();
  EXPECT_EQ(sink.count(), 4);
}

TEST(MemoryBody, OpensMoreThanOnce) {
  const Body body = memory_body("abc");
  EXPECT_EQ(body.size, 3);
  EXPECT_EQ(test::text_of(body), "abc");
  EXPECT_EQ(test::text_of(body), "abc");
}

TEST(ReadDocument, TakesWhatIsWithinTheLimit) {
  EXPECT_EQ(read_document(memory_body("abc"), 3), "abc");
  EXPECT_EQ(read_document(memory_body(""), 0), "");
}

TEST(ReadDocument, RefusesWhatSaysItIsLongerUnread) {
  const Body body{[]() -> std::unique_ptr<Source> { throw test::Full(); }, 4};
  const Error error = error_of([&] { read_document(body, 3); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), testing::HasSubstr("limit of 3 bytes"));
}

// The size is only what somebody said.
TEST(ReadDocument, RefusesWhatTurnsOutLonger) {
  Body body = memory_body("abcd");
  body.size = 1;
  EXPECT_EQ(error_of([&] { read_document(body, 3); }).code(), Errc::corrupt);
}

}  // namespace
}  // namespace ocimux
