#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo.hpp"
#include "layout/change.hpp"
#include "registry/repository.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// A blob on its way here.
struct WantedBlob {
  Descriptor descriptor;
  std::string name;  ///< for progress: the platform it is of, and the front of its digest
};

/// The blobs of @p cargo, each once, largest first, but for those that may be missing and are:
/// foreign layers, and what an index lists that is no image. @p progress is warned of these.
/// Throws Errc::corrupt where two descriptors of one blob differ in size.
std::vector<WantedBlob> wanted_blobs(const Cargo& cargo, const Repository& repository,
                                     Progress& progress);

/// Gathers @p blobs in @p change, @p width at a time, each checked against its digest and size.
/// Those that the layout has are not fetched. Memory depends on @p width alone.
void fetch_blobs(const std::vector<WantedBlob>& blobs, const Cargo& cargo, std::size_t width,
                 LayoutChange& change, Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
