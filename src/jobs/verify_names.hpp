#pragma once

#include <ocimux/spec/descriptor.hpp>

#include "jobs/verify_findings.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ocimux {

/// What the entries of an index.json are called: their tags, or by platform or digest.
std::vector<std::pair<Descriptor, std::string>> named(const std::vector<Descriptor>& entries);

/// Tells of names that make no sense, that two entries have, or that contradict each other.
void check_names(const std::vector<std::pair<Descriptor, std::string>>& entries,
                 Findings& findings);

}  // namespace ocimux
