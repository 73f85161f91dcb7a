#pragma once

#include <ocimux/jobs/list.hpp>

#include <string>

/// What a layout lists, as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

std::string listing_json(const Listing& listing);
std::string listing_table(const Listing& listing);

}  // namespace ocimux::cli
