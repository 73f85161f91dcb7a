#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "registry/rate_limit.hpp"
#include "registry/reference.hpp"
#include "registry/repository.hpp"

#include <memory>
#include <stop_token>

namespace ocimux {

/// The repository that @p reference names, with everything between it and the network: connections,
/// redirects, retries, credentials. A registry on this machine (localhost, 127.0.0.0/8, ::1) that
/// speaks no TLS is spoken to without, which @p progress is told; nothing else is asked before the
/// first request. @p progress must outlive the repository and what it opens.
/// Several repositories share a @p limit; without one each has its own, if @p options say so.
/// Throws what find_credentials() and read_certificates() throw, and Errc::network.
Repository open_repository(const Reference& reference, const RegistryOptions& options,
                           Progress& progress, const std::stop_token& stop = {},
                           std::shared_ptr<RateLimit> limit = {});

}  // namespace ocimux
