#pragma once

#include <ocimux/base/progress.hpp>

#include "source/image_store.hpp"

#include <set>
#include <string>

namespace ocimux {

/// Tells of what in @p store speaks of one of @p digests (by subject, or by a tag of cosign's),
/// with @p what happens to it behind. Says nothing where that cannot be found out: what is damaged
/// elsewhere stops no edit.
void tell_of_referrers(const ImageStore& store, const std::set<Digest>& digests,
                       const std::string& what, Progress& progress);

}  // namespace ocimux
