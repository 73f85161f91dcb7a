#include "io/relay.hpp"

#include "support/files.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <thread>

namespace ocimux {
namespace {

constexpr std::size_t piece = Relay::piece_size;

void write_all(Sink& sink, const std::string& text, std::size_t step) {
  for (std::size_t at = 0; at < text.size(); at += step) {
    sink.write(as_bytes(text).subspan(at, std::min(step, text.size() - at)));
  }
}

TEST(Relay, PassesOnEverythingInOrder) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, piece - 1, piece, piece + 1, 20 * piece + 17}) {
    const std::string text = test::random_bytes(size, 1);
    for (const std::size_t step : {std::size_t{5000}, piece, 3 * piece}) {
      test::KeepingSink sink;
      Relay relay(sink);
      write_all(relay, text, step);
      relay.finish();
      EXPECT_TRUE(sink.text == text) << size << " by " << step;
      EXPECT_EQ(sink.finished, 1);
    }
  }
}

/// Tells in which thread it is written to.
class ThreadSink final : public Sink {
 public:
  void write(Bytes /*bytes*/) override { thread = std::this_thread::get_id(); }
  void finish() override {}
  std::thread::id thread;
};

TEST(Relay, WritesInAThreadOfItsOwn) {
  ThreadSink sink;
  Relay relay(sink);
  relay.write(as_bytes(std::string(2 * piece, 'a')));
  relay.finish();
  EXPECT_NE(sink.thread, std::this_thread::get_id());
}

TEST(Relay, LittleInputTakesNoThread) {
  ThreadSink sink;
  Relay relay(sink);
  relay.write(as_bytes("little"));
  relay.finish();
  EXPECT_EQ(sink.thread, std::this_thread::get_id());
}

/// Holds every write back until the gate opens.
class GatedSink final : public Sink {
 public:
  explicit GatedSink(std::shared_future<void> gate) : gate_(std::move(gate)) {}
  void write(Bytes /*bytes*/) override {
    gate_.wait();
    ++writes;
  }
  void finish() override {}
  std::atomic<int> writes = 0;

 private:
  std::shared_future<void> gate_;
};

TEST(Relay, AFasterWriterWaits) {
  std::promise<void> gate;
  GatedSink sink(gate.get_future().share());
  Relay relay(sink);
  std::atomic<std::size_t> written = 0;
  std::jthread writer([&] {
    for (int i = 0; i < 50; ++i) {
      relay.write(as_bytes(std::string(piece, 'a')));
      ++written;
    }
    relay.finish();
  });
  while (written < Relay::pieces - 1) std::this_thread::yield();
  EXPECT_LE(written, Relay::pieces);
  EXPECT_EQ(sink.writes, 0);
  gate.set_value();
  writer.join();
  EXPECT_EQ(sink.writes, 50);
}

TEST(Relay, WhatTheNextSinkThrowsComesOut) {
  for (const std::size_t capacity : {std::size_t{0}, piece, 5 * piece, 20 * piece}) {
    test::FailingSink sink(capacity);
    Relay relay(sink);
    EXPECT_THROW(
        {
          write_all(relay, std::string(20 * piece, 'a'), 10'000);
          relay.finish();
        },
        test::Full)
        << capacity;
    EXPECT_THROW(
        {
          write_all(relay, std::string(2 * piece, 'a'), 10'000);
          relay.finish();
        },
        test::Full)
        << "and again after " << capacity;
  }
}

TEST(Relay, AbandonedItEndsAndFinishesNothing) {
  test::KeepingSink sink;
  {
    Relay relay(sink);
    relay.write(as_bytes(std::string(4 * piece, 'a')));
  }
  EXPECT_EQ(sink.finished, 0);
}

}  // namespace
}  // namespace ocimux
