#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/rewritten.hpp"

#include <vector>

namespace ocimux {

/// Writes each index anew so that it lists exactly @p wanted, in its own order, and the
/// attestations of what it lists; all else in it stays as it was. One that lists nothing else stays
/// byte for byte. Of single manifests those stay that are for one of these platforms, as they are.
/// Throws Errc::not_found for a platform that an index lacks, or that nothing selected is for.
Rewritten narrow(Documents& documents, const std::vector<Descriptor>& selected,
                 const std::vector<Platform>& wanted, Progress& progress);

}  // namespace ocimux
