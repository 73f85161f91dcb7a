#pragma once

#include <ocimux/jobs/diff.hpp>

#include "compose/layer_seal.hpp"
#include "jobs/image_layers.hpp"

#include <optional>
#include <stop_token>
#include <vector>

namespace ocimux {

/// In what two lists of layers differ. What both begin and end with is set against each other, and
/// in between, where the numbers are the same, layer against layer. Reads layers only to find out
/// whether two are the same but for a time in the header of gzip, and none of a registry.
std::vector<LayerDifference> layer_difference(const std::vector<ImageLayer>& before,
                                              const std::vector<ImageLayer>& after,
                                              const std::stop_token& stop);

/// Says of layers that hold other bytes how far their members are the same.
void relate(std::vector<LayerDifference>& differences,
            const std::vector<std::optional<LayerSeal>>& before,
            const std::vector<std::optional<LayerSeal>>& after);

}  // namespace ocimux
