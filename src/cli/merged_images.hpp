#pragma once

#include <ocimux/jobs/merge.hpp>

#include "spec/json.hpp"

#include <vector>

namespace ocimux::cli {

/// Images that came into an index, as JSON.
Json images_json(const std::vector<MergedImage>& merged);

}  // namespace ocimux::cli
