#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/entry.hpp"
#include "jobs/ingest.hpp"

#include <stop_token>
#include <vector>

namespace ocimux {

/// Decides what the layers of root filesystems hold, and fills in `members` of @p entries: the
/// difference from their base where they have one, and the form that Windows reads on Windows.
/// Reads the bases, each once, checked against their digests and DiffIDs; writes nothing. Throws
/// Errc::conflict where a Windows tree was hardly made from its base, and, if @p options are
/// strict, where it has none.
void decide_layers(std::vector<Entry>& entries, const MergeOptions& options,
                   const IngestOptions& how, Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
