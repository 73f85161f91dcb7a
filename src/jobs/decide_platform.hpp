#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "source/image.hpp"

namespace ocimux {

/// The platform of @p image, from all that says something of it: the caller (@p said), the
/// descriptor in its index, its config, @p given_config, the base it is stored over (@p base), the
/// name of its file; and the options that set parts of it. Throws Errc::conflict where two of them
/// contradict each other (a warning with allow_mismatch), Errc::invalid_argument where nobody says
/// enough.
Platform decide_platform(const Image& image, const std::optional<Platform>& said,
                         const std::optional<Platform>& given_config,
                         const std::optional<Platform>& base, const MergeOptions& options,
                         Progress& progress);

}  // namespace ocimux
