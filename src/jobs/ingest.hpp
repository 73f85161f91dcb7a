#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "compress/codec.hpp"
#include "jobs/entry.hpp"
#include "layout/change.hpp"

#include <stop_token>
#include <vector>

namespace ocimux {

/// What ingest needs to know of the options.
struct IngestOptions {
  Compression compression;
  bool recompress = false;
  ImageFormat format = ImageFormat::oci;
  std::size_t jobs = 1;
  std::optional<std::int64_t> latest = {};  ///< SOURCE_DATE_EPOCH
  BlobLink::Sharing sharing = BlobLink::Sharing::clones_and_names;
};

/// Refuses, before anything is written, layers that are missing, of another size, uncompressed
/// with a DiffID that is not their digest, or that cannot be recompressed as @p options ask.
/// Foreign layers may be missing: @p progress is warned. Layers of a registry are not asked for:
/// those are checked once they were read.
void check_layers(const std::vector<Entry>& entries, const IngestOptions& options,
                  Progress& progress);

/// Gathers every layer of @p entries in @p change, each distinct blob once, checked against the
/// digest, size and DiffID that are known of it; fills in `layers` of the entries whose manifest
/// is to be made. Memory does not depend on sizes.
void ingest(std::vector<Entry>& entries, const IngestOptions& options, LayoutChange& change,
            Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
