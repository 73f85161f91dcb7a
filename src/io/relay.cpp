#include "io/relay.hpp"

#include "base/parallel.hpp"

#include <algorithm>

namespace ocimux {

Relay::~Relay() {
  if (thread_.empty()) return;
  thread_.front().request_stop();
}

void Relay::write(Bytes bytes) {
  while (!bytes.empty()) {
    if (direct_) return next_.write(bytes);
    const std::size_t count = std::min(bytes.size(), piece_size - filling_.size());
    filling_.insert(filling_.end(), bytes.begin(), bytes.begin() + static_cast<long>(count));
    bytes = bytes.subspan(count);
    if (filling_.size() == piece_size) hand_over();
  }
}

void Relay::finish() {
  if (thread_.empty()) {
    if (!filling_.empty()) next_.write(filling_);
  } else {
    if (!filling_.empty()) hand_over();
    wait_for(0);
  }
  next_.finish();
}

void Relay::hand_over() {
  if (thread_.empty()) {
    empty_.reserve(pieces + 1);  // so that the thread never has to
    direct_ = !start_thread(thread_, [this](const std::stop_token& stop) { work(stop); });
  }
  if (direct_) {
    next_.write(filling_);
    filling_.clear();
    return;
  }
  wait_for(pieces - 1);
  {
    const std::lock_guard lock(mutex_);
    under_way_.push_back(std::move(filling_));
    filling_ = {};
    if (!empty_.empty()) {
      filling_ = std::move(empty_.back());
      empty_.pop_back();
    }
  }
  changed_.notify_all();
  filling_.reserve(piece_size);
}

void Relay::wait_for(std::size_t most_under_way) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || under_way_.size() <= most_under_way; });
  if (failure_) std::rethrow_exception(failure_);
}

void Relay::work(const std::stop_token& stop) {
  for (;;) {
    Bytes bytes;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !under_way_.empty(); })) return;
      bytes = under_way_.front();  // stays in place: a deque's ends grow without moving it
    }
    std::exception_ptr failure;
    try {
      next_.write(bytes);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      failure_ = failure;
      under_way_.front().clear();
      empty_.push_back(std::move(under_way_.front()));
      under_way_.pop_front();
    }
    changed_.notify_all();
    if (failure) return;
  }
}

}  // namespace ocimux
