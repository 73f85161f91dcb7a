#pragma once

#include "registry/rate_limit.hpp"
#include "registry/transport.hpp"

#include <memory>

namespace ocimux {

/// Lets bodies, those that are sent and those that come, take their time.
class LimitedTransport final : public Transport {
 public:
  LimitedTransport(std::shared_ptr<Transport> next, std::shared_ptr<RateLimit> limit)
      : next_(std::move(next)), limit_(std::move(limit)) {}

  Response send(const Request& request) override;

 private:
  std::shared_ptr<Transport> next_;
  std::shared_ptr<RateLimit> limit_;
};

}  // namespace ocimux
