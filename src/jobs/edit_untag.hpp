#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/edit_place.hpp"
#include "source/reference.hpp"

#include <vector>

namespace ocimux {

/// Takes what @p references name out of index.json.
EditResult remove_entries(Edit& edit, const std::vector<LocalReference>& references,
                          Progress& progress);

}  // namespace ocimux
