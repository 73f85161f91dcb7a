#pragma once

#include "jobs/diff_side.hpp"

#include <cstddef>
#include <stop_token>

namespace ocimux {

/// In what two images differ. Their layers are read only where DiffIDs differ.
ImageDifference image_difference(const DiffImage& before, const DiffImage& after,
                                 std::size_t threads, Progress& progress,
                                 const std::stop_token& stop);

}  // namespace ocimux
