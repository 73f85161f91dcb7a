#include "registry/open_repository.hpp"

#include <ocimux/base/error.hpp>

#include "registry/authorization_transport.hpp"
#include "registry/credentials.hpp"
#include "registry/curl_transport.hpp"
#include "registry/limited_transport.hpp"
#include "registry/redirect_transport.hpp"
#include "registry/warning_transport.hpp"

#include <algorithm>

namespace ocimux {
namespace {

using Tls = RegistryOptions::Tls;

Url address_of(const Reference& reference, std::string_view scheme) {
  return Url::parse(std::string(scheme) + "://" + reference.address() + "/");
}

CurlOptions curl_options(const Reference& reference, const RegistryOptions& options) {
  std::vector<std::filesystem::path> directories{options.cert_dir};
  if (options.cert_dir.empty()) directories = usual_certificate_directories(reference.host);
  return {options.tls == Tls::verified ? CurlOptions::Verify::certificates
                                       : CurlOptions::Verify::nothing,
          read_certificates(options.ca_file, directories, address_of(reference, "https").origin()),
          options.timeout};
}

// One question without credentials tells whether TLS is spoken: neither the answer to it matters
// nor who gives it, so no authorities are read, which would take longer than all the rest. Whoever
// is spoken to from then on has to prove who they are, and what fails here for another reason than
// that there is no TLS (they want a certificate from us, say) is told then.
bool speaks_tls(CurlOptions options, const Url& address, const std::stop_token& stop) {
  options.verify = CurlOptions::Verify::nothing;
  CurlTransport transport(std::move(options));
  try {
    Response answer = transport.send({.url = address.resolve("/v2/"), .stop = stop});
    discard(answer);
    return true;
  } catch (const TransferError& error) {
    if (error.kind() == TransferError::Kind::unreachable) throw network_error(error);
    return error.kind() != TransferError::Kind::not_tls;
  }
}

Url find_address(const Reference& reference, const RegistryOptions& options,
                 const CurlOptions& connecting, Progress& progress, const std::stop_token& stop) {
  Url plain = address_of(reference, "http");
  if (options.tls == Tls::plain_http) return plain;
  Url secure = address_of(reference, "https");
  const bool local = network_of_host(secure.origin().host) == Network::loopback;
  if (!local && options.tls == Tls::verified) return secure;
  if (speaks_tls(connecting, secure, stop)) return secure;
  progress.note(reference.host + " speaks no TLS: plain HTTP is used");
  return plain;
}

RetryPolicy policy_of(const RegistryOptions& options) { return {std::max(options.retries, 0)}; }

}  // namespace

Registries::Registries(RegistryOptions options, Progress& progress, std::stop_token stop)
    : options_(std::move(options)),
      progress_(progress),
      stop_(std::move(stop)),
      limit_(make_rate_limit(options_.limit_rate)) {}

const Registries::Registry& Registries::registry_of(const Reference& reference) {
  if (const auto known = known_.find(reference.host); known != known_.end()) return known->second;
  const CurlOptions connecting = curl_options(reference, options_);
  std::shared_ptr<Transport> curl = std::make_shared<CurlTransport>(connecting);
  if (limit_) curl = std::make_shared<LimitedTransport>(std::move(curl), limit_);
  Url address = find_address(reference, options_, connecting, progress_, stop_);
  const auto downgrade = options_.tls == Tls::verified ? RedirectTransport::Downgrade::refused
                                                       : RedirectTransport::Downgrade::allowed;
  const auto redirect = std::make_shared<RedirectTransport>(curl, downgrade);
  const auto retry = std::make_shared<RetryTransport>(redirect, policy_of(options_), progress_);
  auto warning = std::make_shared<WarningTransport>(retry, progress_);
  return known_.emplace(reference.host, Registry{std::move(address), std::move(warning)})
      .first->second;
}

Repository Registries::open(const Reference& reference, Access access) {
  const Registry& registry = registry_of(reference);
  auto credentials = find_credentials(reference, options_, process_environment, progress_, stop_);
  const auto authorized = std::make_shared<AuthorizationTransport>(
      registry.transport, registry.address.origin(), std::move(credentials));
  return {authorized, registry.address, reference.repository, policy_of(options_), stop_, access};
}

Repository open_repository(const Reference& reference, const RegistryOptions& options,
                           Progress& progress, const std::stop_token& stop) {
  return Registries(options, progress, stop).open(reference, Access::pull);
}

}  // namespace ocimux
