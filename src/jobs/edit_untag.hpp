#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/edit_place.hpp"
#include "source/reference.hpp"

#include <string>
#include <vector>

namespace ocimux {

/// Parses what is to go from index.json: a name or digest must be said.
LocalReference parse_removed(const std::string& text);

/// Takes what @p references name out of index.json.
EditResult remove_entries(Edit& edit, const std::vector<LocalReference>& references,
                          Progress& progress);

}  // namespace ocimux
