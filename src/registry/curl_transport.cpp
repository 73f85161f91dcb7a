#include "registry/curl_transport.hpp"

#include "registry/curl_failure.hpp"
#include "registry/curl_transfer.hpp"

#include "base/parallel.hpp"

namespace ocimux {

CurlTransport::CurlTransport(CurlOptions options)
    : pool_(std::make_shared<CurlPool>()), options_(std::move(options)) {}

CurlTransport::~CurlTransport() = default;

Response CurlTransport::send(const Request& request) {
  throw_if_stopped(request.stop);
  if (request.led_from &&
      !may_lead(*request.led_from, network_of_host(request.url.origin().host))) {
    throw forbidden_address(request.url);
  }
  auto transfer = std::make_unique<CurlTransfer>(pool_, options_, request);
  Response response = transfer->wait_for_headers();
  response.body = std::move(transfer);
  return response;
}

}  // namespace ocimux
