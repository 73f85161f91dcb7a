#pragma once

#include <ocimux/jobs/pull.hpp>

#include "registry/reference.hpp"
#include "registry/repository.hpp"

#include <functional>

namespace ocimux {

/// pull() of @p reference, whatever the options say of the source and its registry, from the
/// repository that @p open opens: not before all was refused that can be without it.
PullResult pull_from(const Reference& reference, const std::function<Repository()>& open,
                     const PullOptions& options, Progress& progress,
                     const std::stop_token& stop = {});

}  // namespace ocimux
