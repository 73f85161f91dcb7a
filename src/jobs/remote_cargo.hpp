#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/pull.hpp>
#include <ocimux/store/blob_store.hpp>

#include "jobs/cargo.hpp"
#include "registry/reference.hpp"
#include "registry/repository.hpp"

#include <optional>
#include <stop_token>

namespace ocimux {

/// Gathers what @p reference names in a registry, narrowed as @p options say, and what speaks of
/// it: documents only, many at a time. Those that are in @p there, whole, are not asked for, but
/// for what a tag names. Throws as gather() does, and as the registry answers.
Cargo gather_remote(const Reference& reference, const Repository& repository,
                    const std::optional<BlobStore>& there, const PullOptions& options,
                    Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
