#pragma once

#include <ocimux/jobs/push.hpp>

#include "spec/json.hpp"

#include <string>
#include <vector>

/// Documents that went out as others, as JSON and as lines `what: old -> new`.
namespace ocimux::cli {

Json replaced_json(const std::vector<Replaced>& replaced);
std::string replaced_text(const std::vector<Replaced>& replaced);

}  // namespace ocimux::cli
