#pragma once

#include "registry/retry_transport.hpp"
#include "registry/transport.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace ocimux {

/// What a blob is asked for with.
struct BlobRequest {
  std::shared_ptr<Transport> transport;
  Request request;
  std::string name;       ///< its digest, for messages
  std::int64_t size = 0;  ///< that the blob should have
  RetryPolicy retry = {};
};

/// The bytes of a blob, not checked. Nothing is sent before the first read. Where a connection
/// breaks, the rest is asked for (Range), or all of it and what is known already passed over, as
/// often as the policy says without at least a MiB of progress in between. What the transport
/// cannot send at all is not sent again: its own attempts are enough. Reading throws
/// Errc::not_found, Errc::denied or Errc::network as the registry answers, and Errc::corrupt when
/// it sends more or has less than the blob's size.
std::unique_ptr<Source> open_blob(const BlobRequest& blob);

}  // namespace ocimux
