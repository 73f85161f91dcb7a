#pragma once

#include <ocimux/jobs/collect_garbage.hpp>

#include "cli/reports.hpp"

#include <string>

/// What a collection of garbage did, as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

std::string garbage_json(const Garbage& garbage, Done done);
/// `DIGEST BYTES` of each blob, a line each.
std::string garbage_lines(const Garbage& garbage);
std::string garbage_summary(const Garbage& garbage, Done done);

}  // namespace ocimux::cli
