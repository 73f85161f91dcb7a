#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo.hpp"
#include "jobs/registry_store.hpp"

#include <cstddef>
#include <memory>
#include <stop_token>
#include <vector>

namespace ocimux {

/// What speaks of @p documents in a registry, and of what does: asked level by level, @p width
/// questions at a time. It is found through the registry's API or else the fallback tag of each
/// document (distribution-spec, "Listing Referrers"), and under cosign's tags. All of it is read,
/// which tells true sizes; what is listed but is not there is told to @p progress and left out.
/// Throws what Repository::referrers() throws.
Referrers referrers_in(const std::shared_ptr<RegistryStore>& registry,
                       const std::vector<Digest>& documents, std::size_t width, Progress& progress,
                       const std::stop_token& stop);

}  // namespace ocimux
