#pragma once

#include "registry/transport.hpp"

#include <memory>

namespace ocimux {

/// Follows the redirects of reading requests, and of others those within one origin that want all
/// of the request once more (307, 308). Authorization goes to no other scheme, host or port
/// (CVE-2020-15157), and a registry leads to no network that is not its own.
class RedirectTransport final : public Transport {
 public:
  /// Whether a redirect may lead from TLS to plain HTTP.
  enum class Downgrade { refused, allowed };

  RedirectTransport(std::shared_ptr<Transport> next, Downgrade downgrade)
      : next_(std::move(next)), downgrade_(downgrade) {}

  /// Throws Errc::corrupt after too many redirects or for one that leads nowhere, Errc::denied for
  /// one that must not be followed.
  Response send(const Request& request) override;

 private:
  static void follow(Request& request, Response& answer, Url to);
  void check_downgrade(const Request& request) const;

  std::shared_ptr<Transport> next_;
  Downgrade downgrade_;
};

}  // namespace ocimux
