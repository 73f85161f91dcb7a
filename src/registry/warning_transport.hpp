#pragma once

#include <ocimux/base/progress.hpp>

#include "registry/transport.hpp"

#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace ocimux {

/// Passes on to people what servers want them to know: the texts of `Warning: 299 - "text"`
/// (distribution-spec, "Warnings"), each once a server, 4096 bytes of an answer's at most.
class WarningTransport final : public Transport {
 public:
  WarningTransport(std::shared_ptr<Transport> next, Progress& progress)
      : next_(std::move(next)), progress_(progress) {}

  Response send(const Request& request) override;

 private:
  void tell(const Origin& origin, const std::string& text);

  std::shared_ptr<Transport> next_;
  Progress& progress_;
  std::mutex mutex_;
  std::set<std::string> told_;
};

}  // namespace ocimux
