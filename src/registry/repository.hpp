#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/spec/descriptor.hpp>

#include "registry/retry_transport.hpp"
#include "registry/transport.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace ocimux {

/// A manifest or an index as a registry gave it.
struct RemoteDocument {
  Descriptor descriptor;  ///< media type, digest and size
  std::string text;       ///< checked against it
};

/// One repository of a registry (distribution-spec v1.1, "Pull"). A value; copies speak through
/// the same transport. May be used by several threads at once.
class Repository final {
 public:
  /// @p registry is the address of the registry itself; @p retry says how often a broken download
  /// is taken up again.
  Repository(std::shared_ptr<Transport> transport, Url registry, std::string name,
             RetryPolicy retry = {}, std::stop_token stop = {});

  /// Reads the manifest or index named @p version, a tag or digest. Throws Errc::not_found when
  /// there is none, Errc::corrupt when it is not what its digest, Content-Type or
  /// Docker-Content-Digest say, or larger than largest_document; Errc::unsupported for another
  /// kind of document.
  [[nodiscard]] RemoteDocument manifest(const std::string& version) const;

  /// The blob's bytes, not checked: each open() asks the registry for them, and asks for the rest
  /// when a connection breaks. Reading throws Errc::not_found when there is no such blob.
  [[nodiscard]] Body blob(const Descriptor& descriptor) const;

  /// The size of a blob; nothing when the registry has none. Asks, but reads nothing.
  [[nodiscard]] std::optional<std::int64_t> blob_size(const Digest& digest) const;

 private:
  [[nodiscard]] Request request(const std::string& method, const std::string& path) const;
  [[nodiscard]] Response send(const Request& request) const;

  std::shared_ptr<Transport> transport_;
  Url registry_;
  std::string name_;
  RetryPolicy retry_;
  std::stop_token stop_;
};

/// What @p error means to those outside of this layer.
Error network_error(const TransferError& error);

}  // namespace ocimux
