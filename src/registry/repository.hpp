#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/spec/descriptor.hpp>
#include <ocimux/spec/documents.hpp>

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

/// What a registry says of a manifest without giving it.
struct FoundManifest {
  std::optional<Digest> digest;  ///< nothing where it does not say
};

/// An answer whose content was read to its end.
struct WholeAnswer {
  Response response;
  std::string text;  ///< of an answer with status 200; the body of all others was not read
};

/// What is asked of a repository: tokens are asked for accordingly.
enum class Access { pull, push };

/// One repository of a registry (distribution-spec v1.1). A value; copies speak through the same
/// transport. May be used by several threads at once.
class Repository final {
 public:
  /// @p registry is the address of the registry itself; @p retry says how often a broken transfer
  /// is taken up again.
  Repository(std::shared_ptr<Transport> transport, Url registry, std::string name,
             RetryPolicy retry = {}, std::stop_token stop = {}, Access access = Access::pull);

  /// The same repository, whose requests end when @p stop is asked.
  [[nodiscard]] Repository until(std::stop_token stop) const;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// Of the registry itself.
  [[nodiscard]] const Url& address() const { return registry_; }

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

  /// True when the repository has the blob. Asks, but reads nothing.
  [[nodiscard]] bool has_blob(const Digest& digest) const;

  /// Asks for a manifest or index by tag or digest; nothing when there is none.
  [[nodiscard]] std::optional<FoundManifest> find_manifest(const std::string& version) const;

  /// Stores a manifest or index under @p version, a tag or its digest. True when the registry says
  /// that it knows the document for a referrer of its subject (OCI-Subject). Asks some more times
  /// where the registry says that it lacks what the document names.
  [[nodiscard]] bool put_manifest(const std::string& version, const Descriptor& descriptor,
                                  const std::string& text) const;

  /// The documents that speak of @p subject: list_referrers().
  [[nodiscard]] std::optional<Index> referrers(const Digest& subject) const;

  /// A request below `/v2/NAME/`, with the repository's scope.
  [[nodiscard]] Request request(const std::string& method, const std::string& path) const;
  /// Throws Errc::network instead of TransferError.
  [[nodiscard]] Response send(const Request& request) const;
  /// Sends @p request, which reads a document, and again where the answer breaks off. Throws
  /// Errc::corrupt for more than largest_document bytes.
  [[nodiscard]] WholeAnswer read(const Request& request) const;
  [[nodiscard]] Transport& transport() const { return *transport_; }
  [[nodiscard]] const RetryPolicy& retry() const { return retry_; }
  [[nodiscard]] const std::stop_token& stop() const { return stop_; }

 private:
  std::shared_ptr<Transport> transport_;
  Url registry_;
  std::string name_;
  RetryPolicy retry_;
  std::stop_token stop_;
  std::string scope_;
};

/// What @p error means to those outside of this layer.
Error network_error(const TransferError& error);

}  // namespace ocimux
