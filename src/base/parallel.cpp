#include "base/parallel.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

/// What the threads of one parallel_for share.
class Crew {
 public:
  Crew(std::size_t count, std::stop_token outer,
       const std::function<void(std::size_t, const std::stop_token&)>& work)
      : count_(count), outer_(std::move(outer)), work_(work) {}

  void run() noexcept {
    const std::stop_callback forward(outer_, [this] { inner_.request_stop(); });
    while (!inner_.stop_requested()) {
      const std::size_t i = next_.fetch_add(1);
      if (i >= count_) return;
      try {
        work_(i, inner_.get_token());
      } catch (...) {
        park(std::current_exception());
      }
    }
  }

  void rethrow() {
    if (failure_) std::rethrow_exception(failure_);
    throw_if_stopped(outer_);
  }

 private:
  // Later failures are mostly echoes of the first: the others were told to stop.
  void park(std::exception_ptr failure) noexcept {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    inner_.request_stop();
  }

  std::size_t count_;
  std::stop_token outer_;
  const std::function<void(std::size_t, const std::stop_token&)>& work_;
  std::stop_source inner_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;
  std::exception_ptr failure_;
};

}  // namespace

void throw_if_stopped(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error(Errc::cancelled, "interrupted");
}

void wait_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any condition;
  std::unique_lock lock(mutex);
  condition.wait_for(lock, stop, time, [] { return false; });
  throw_if_stopped(stop);
}

void parallel_for(std::size_t count, std::size_t width, const std::stop_token& stop,
                  const std::function<void(std::size_t, const std::stop_token&)>& work) {
  Crew crew(count, stop, work);
  {
    std::vector<std::jthread> helpers;
    const std::size_t wanted = std::min(std::max<std::size_t>(width, 1), count);
    // Where the system has no more threads, fewer do the same work.
    for (std::size_t i = 1; i < wanted && start_thread(helpers, [&crew] { crew.run(); }); ++i) {
    }
    crew.run();  // the caller's thread works too
  }
  crew.rethrow();
}

}  // namespace ocimux
