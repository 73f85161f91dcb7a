#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo_documents.hpp"

#include <vector>

namespace ocimux {

/// Those of @p selected (descriptors of index.json) that stand for themselves, in their order.
/// Left out is what speaks of something that is selected, too (referrers without a name, tags of
/// cosign's, fallback tags: they follow what they speak of), and, with a note, what is neither
/// manifest nor index. Throws Errc::not_found when there are none.
std::vector<Descriptor> cargo_roots(Documents& documents, const std::vector<Descriptor>& selected,
                                    Progress& progress);

}  // namespace ocimux
