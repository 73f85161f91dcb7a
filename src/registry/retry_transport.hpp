#pragma once

#include <ocimux/base/progress.hpp>

#include "base/parallel.hpp"
#include "registry/backoff.hpp"
#include "registry/transport.hpp"

#include <memory>

namespace ocimux {

/// How often and how patiently something is tried again.
struct RetryPolicy {
  int retries = 5;
  Backoff backoff = {};
  Wait wait = wait_for;
};

/// True for an answer that may be another one the next time.
bool may_pass(int status);

/// Sends again, its body from the start, what failed in a way that may pass: a connection that
/// broke, 408, 429, 499, and 5xx but those that will not change; never a request that is `once`.
/// Who cannot be reached at all is tried twice more: a name that is wrong should be told soon.
/// Waits in between, longer each time, and as long as the server asks.
class RetryTransport final : public Transport {
 public:
  RetryTransport(std::shared_ptr<Transport> next, RetryPolicy policy, Progress& progress)
      : next_(std::move(next)), policy_(std::move(policy)), progress_(progress) {}

  /// The last answer, or the last TransferError, where no attempt helped.
  Response send(const Request& request) override;

 private:
  struct Attempt;
  Attempt attempt(const Request& request);

  std::shared_ptr<Transport> next_;
  RetryPolicy policy_;
  Progress& progress_;
};

}  // namespace ocimux
