#pragma once

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "registry/retry_transport.hpp"
#include "registry/transport.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace ocimux::test {

/// Gives its text, and breaks then instead of ending.
class BreakingSource final : public Source {
 public:
  explicit BreakingSource(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = text_.read(into);
    if (count == 0) throw TransferError(TransferError::Kind::broken, "the cable was pulled");
    return count;
  }

 private:
  MemorySource text_;
};

/// Answers requests as a script says, and keeps them.
class FakeTransport final : public Transport {
 public:
  using Answer = std::function<Response(const Request&)>;

  /// The next request gets this answer.
  FakeTransport& then(Answer answer) {
    script_.push_back(std::move(answer));
    return *this;
  }
  FakeTransport& then(int status, const std::string& body = "", Headers headers = {}) {
    return then([=](const Request& request) { return answer(request, status, body, headers); });
  }
  FakeTransport& then_fails(TransferError::Kind kind) {
    return then([kind](const Request&) -> Response { throw TransferError(kind, "no answer"); });
  }
  /// Every request that the script has no answer for.
  void otherwise(Answer answer) { otherwise_ = std::move(answer); }

  Response send(const Request& request) override {
    Answer next;
    {
      const std::lock_guard lock(mutex_);
      requests.push_back(request);
      if (!script_.empty()) {
        next = std::move(script_.front());
        script_.pop_front();
      } else {
        next = otherwise_;
      }
    }
    if (!next) {
      ADD_FAILURE() << "an unexpected request: " << request.method << " " << request.url.string();
      return answer(request, 500, "", {});
    }
    return next(request);
  }

  [[nodiscard]] bool is_over() const { return script_.empty(); }

  static Response answer(const Request& request, int status, const std::string& body,
                         const Headers& headers = {}) {
    return {status, headers, std::make_unique<MemorySource>(body), request.url, network};
  }

  static constexpr Network network = Network::outside;
  std::vector<Request> requests;

 private:
  std::mutex mutex_;
  std::deque<Answer> script_;
  Answer otherwise_;
};

/// A policy that notes how long it would have waited.
inline RetryPolicy noting(std::vector<std::chrono::milliseconds>& waits, int retries = 5) {
  return {retries, {}, [&waits](std::chrono::milliseconds time, const std::stop_token&) {
            waits.push_back(time);
          }};
}

}  // namespace ocimux::test
