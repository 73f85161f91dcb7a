#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/entry.hpp"
#include "source/read_images.hpp"

#include <vector>

namespace ocimux {

/// Decides what goes into the index and in which order: platforms, filters, configs of root
/// filesystems, annotations. @p inputs are those of @p options, in their order. Every refusal
/// that can be made without reading a layer is made here.
std::vector<Entry> arrange(std::vector<Input> inputs, const MergeOptions& options,
                           Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
