#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/entry.hpp"
#include "jobs/ingest.hpp"
#include "layout/change.hpp"

#include <vector>

namespace ocimux {

/// Puts the documents of @p entries into @p change, leaves first, and gives each entry its
/// descriptor: documents that came in go out as they were, unless an option asks for another.
void describe(std::vector<Entry>& entries, const IngestOptions& options, LayoutChange& change,
              Progress& progress);

/// Puts the index over @p entries, which describe() has described, and answers its descriptor.
Descriptor describe_index(const std::vector<Entry>& entries, const MergeOptions& options,
                          LayoutChange& change);

/// Throws Errc::unsupported for a document that registries and clients would refuse.
void check_size(const std::string& document);

}  // namespace ocimux
