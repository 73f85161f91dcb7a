#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/entry.hpp"
#include "jobs/ingest.hpp"
#include "jobs/output.hpp"
#include "source/read_images.hpp"

#include <stop_token>
#include <vector>

/// What merging has in common with adding to an index that is there.
namespace ocimux {

/// Throws Errc::invalid_argument when given credentials would go to more than one registry.
void check_registries(const MergeOptions& options);

/// How blobs get to a place of that kind. Throws Errc::invalid_argument for what is no compression,
/// or none of the format.
IngestOptions ingest_options(const MergeOptions& options, OutputPlace::Kind place);

/// Opens all inputs, in their order: headers and documents, no layer.
std::vector<Input> look(const MergeOptions& options, Progress& progress,
                        const std::stop_token& stop);

/// What became of @p entries, for results.
std::vector<MergedImage> merged_images(const std::vector<Entry>& entries);

}  // namespace ocimux
