#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace ocimux {

/// Throws Errc::cancelled once @p stop was asked for.
void throw_if_stopped(const std::stop_token& stop);

/// Sleeps; throws Errc::cancelled at once when @p stop is asked.
void wait_for(std::chrono::milliseconds time, const std::stop_token& stop);

/// Calls @p work(i) for every i below @p count, at most @p width at a time, in rising order of
/// start. The first exception (or a stop) keeps further calls from starting; it is rethrown here
/// after all running calls have returned. @p work gets a token that is stopped then, too.
void parallel_for(std::size_t count, std::size_t width, const std::stop_token& stop,
                  const std::function<void(std::size_t, const std::stop_token&)>& work);

/// Adds a thread that runs @p work to @p threads; false when the system has none left, which is
/// no failure for whoever can do the work himself.
template <typename Work>
bool start_thread(std::vector<std::jthread>& threads, Work work) {
  try {
    threads.emplace_back(std::move(work));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// parallel_for over the elements of a random-access range.
template <typename Range, typename Work>
void parallel_for_each(Range& items, std::size_t width, const std::stop_token& stop, Work work) {
  parallel_for(items.size(), width, stop,
               [&](std::size_t i, const std::stop_token& inner) { work(items[i], inner); });
}

}  // namespace ocimux
