#pragma once

#include "registry/certificates.hpp"
#include "registry/transport.hpp"

#include <chrono>
#include <memory>

namespace ocimux {

class CurlPool;

/// How connections are made.
struct CurlOptions {
  enum class Verify { certificates, nothing };

  Verify verify = Verify::certificates;
  Certificates certificates = {};
  std::chrono::seconds timeout{60};  ///< to connect, and without a byte
};

/// Sends requests with libcurl: HTTP/2 where it is offered, proxies from the environment (but not
/// to this machine), connections kept for later requests. A redirect is an answer like any other;
/// nothing is sent that the request does not name.
///
/// Nothing runs in the background: bytes come from the network while a body is read, and a reader
/// that takes its time slows the sender down.
class CurlTransport final : public Transport {
 public:
  explicit CurlTransport(CurlOptions options);
  ~CurlTransport() override;

  Response send(const Request& request) override;

 private:
  std::shared_ptr<CurlPool> pool_;  // bodies give their connections back to it
  CurlOptions options_;
};

}  // namespace ocimux
