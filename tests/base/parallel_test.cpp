#include "base/parallel.hpp"

#include <ocimux/base/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <latch>
#include <mutex>
#include <numeric>
#include <thread>
#include <vector>

namespace ocimux {
namespace {

using Work = std::function<void(std::size_t, const std::stop_token&)>;

Errc refusal_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "expected an Error, found none";
  return Errc::io;
}

// Returns once @p token is stopped.
void wait_for_stop(const std::stop_token& token) {
  std::latch stopped(1);
  const std::stop_callback callback(token, [&] { stopped.count_down(); });
  stopped.wait();
}

TEST(ParallelFor, CallsEachIndexOnce) {
  for (const std::size_t width : {0U, 1U, 2U, 8U, 200U}) {
    std::vector<std::atomic<int>> calls(100);
    parallel_for(calls.size(), width, {}, [&](std::size_t i, const auto&) { ++calls[i]; });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, OfNothingCallsNothing) {
  parallel_for(0, 8, {}, [](std::size_t, const auto&) { FAIL(); });
}

TEST(ParallelFor, StartsInRisingOrder) {
  std::vector<std::size_t> order;
  parallel_for(50, 1, {}, [&](std::size_t i, const auto&) { order.push_back(i); });
  std::vector<std::size_t> expected(50);
  std::iota(expected.begin(), expected.end(), 0U);
  EXPECT_EQ(order, expected);
}

TEST(ParallelFor, WithWidthOneStaysInTheCallersThread) {
  const auto caller = std::this_thread::get_id();
  parallel_for(5, 1, {},
               [&](std::size_t, const auto&) { EXPECT_EQ(std::this_thread::get_id(), caller); });
}

// All of them must be inside at once, or the latch never opens.
TEST(ParallelFor, UsesItsWholeWidth) {
  std::latch all_inside(8);
  parallel_for(8, 8, {}, [&](std::size_t, const auto&) { all_inside.arrive_and_wait(); });
}

TEST(ParallelFor, NeverExceedsItsWidth) {
  constexpr int width = 3;
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  std::latch full(width);
  parallel_for(60, width, {}, [&](std::size_t i, const auto&) {
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
    if (i < width) full.arrive_and_wait();
    std::this_thread::yield();
    --inside;
  });
  EXPECT_EQ(most, width);
}

TEST(ParallelFor, RethrowsTheFirstExceptionAndStopsTheOthers) {
  std::latch running(2);
  std::atomic<int> calls = 0;
  const auto run = [&] {
    parallel_for(100, 2, {}, [&](std::size_t, const std::stop_token& stop) {
      const int call = ++calls;
      running.arrive_and_wait();  // both are inside before either fails
      if (call == 1) throw Error(Errc::denied, "the first");
      wait_for_stop(stop);
      throw Error(Errc::cancelled, "an echo of the first");
    });
  };
  EXPECT_EQ(refusal_of(run), Errc::denied);
  EXPECT_EQ(calls, 2) << "no call starts after the first failure";
}

TEST(ParallelFor, WaitsForRunningCallsBeforeItRethrows) {
  std::latch running(2);
  std::atomic<bool> other_returned = false;
  std::atomic<int> calls = 0;
  const auto run = [&] {
    parallel_for(2, 2, {}, [&](std::size_t, const std::stop_token& stop) {
      const int call = ++calls;
      running.arrive_and_wait();
      if (call == 1) throw Error(Errc::denied, "no");
      wait_for_stop(stop);
      other_returned = true;
    });
  };
  EXPECT_EQ(refusal_of(run), Errc::denied);
  EXPECT_TRUE(other_returned);
}

TEST(ParallelFor, TakesExceptionsOfAnyType) {
  EXPECT_THROW(parallel_for(4, 2, {}, [](std::size_t, const auto&) { throw 7; }), int);
}

TEST(ParallelFor, AStopBeforehandStartsNothing) {
  std::stop_source source;
  source.request_stop();
  const auto run = [&] {
    parallel_for(5, 2, source.get_token(), [](std::size_t, const auto&) { FAIL(); });
  };
  EXPECT_EQ(refusal_of(run), Errc::cancelled);
}

TEST(ParallelFor, AStopReachesTheWorkAndKeepsMoreFromStarting) {
  std::stop_source source;
  std::latch running(2);
  std::atomic<int> calls = 0;
  const auto run = [&] {
    parallel_for(100, 2, source.get_token(), [&](std::size_t, const std::stop_token& stop) {
      const int call = ++calls;
      running.arrive_and_wait();
      if (call == 1) source.request_stop();
      wait_for_stop(stop);
    });
  };
  EXPECT_EQ(refusal_of(run), Errc::cancelled);
  EXPECT_EQ(calls, 2);
}

TEST(ParallelFor, AFailureDoesNotStopTheCaller) {
  std::stop_source source;
  EXPECT_THROW(parallel_for(4, 2, source.get_token(), [](std::size_t, const auto&) { throw 7; }),
               int);
  EXPECT_FALSE(source.stop_requested());
}

TEST(ParallelForEach, GivesEachItemItsOwnCall) {
  std::vector<int> items{1, 2, 3};
  parallel_for_each(items, 2, {}, [](int& item, const std::stop_token&) { item *= 10; });
  EXPECT_EQ(items, (std::vector<int>{10, 20, 30}));
}

TEST(ThrowIfStopped, ThrowsCancelledOnceAsked) {
  std::stop_source source;
  throw_if_stopped({});
  throw_if_stopped(source.get_token());
  source.request_stop();
  EXPECT_EQ(refusal_of([&] { throw_if_stopped(source.get_token()); }), Errc::cancelled);
}

}  // namespace
}  // namespace ocimux
