#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "registry/rate_limit.hpp"
#include "registry/reference.hpp"
#include "registry/repository.hpp"

#include <map>
#include <memory>
#include <stop_token>
#include <string>

namespace ocimux {

/// The registries that one job speaks to: repositories of one registry share its connections, all
/// of them the limit of what goes over the network.
class Registries final {
 public:
  /// @p progress must outlive this, the repositories, and what they open.
  Registries(RegistryOptions options, Progress& progress, std::stop_token stop = {});

  /// The repository that @p reference names, with everything between it and the network:
  /// connections, redirects, retries, credentials. A registry on this machine (localhost,
  /// 127.0.0.0/8, ::1) that speaks no TLS is spoken to without, which is told; nothing else is
  /// asked before the first request. Throws what find_credentials() and read_certificates() throw,
  /// and Errc::network.
  Repository open(const Reference& reference, Access access);

 private:
  struct Registry {
    Url address;
    std::shared_ptr<Transport> transport;
  };
  const Registry& registry_of(const Reference& reference);

  RegistryOptions options_;
  Progress& progress_;
  std::stop_token stop_;
  std::shared_ptr<RateLimit> limit_;       // of all together
  std::map<std::string, Registry> known_;  // by host
};

/// Registries::open() for a job that reads from one repository.
Repository open_repository(const Reference& reference, const RegistryOptions& options,
                           Progress& progress, const std::stop_token& stop = {});

}  // namespace ocimux
