#pragma once

#include <ocimux/jobs/edit.hpp>

#include "cli/reports.hpp"

#include <string>

/// Results of edits as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

/// `OLD -> NEW`, a line each name; `none` for what was not, or is not any more.
std::string edit_lines(const EditResult& result);
std::string edit_json(const EditResult& result, Done done);
/// What became of names and of what they lead to, a line each.
std::string edit_summary(const EditResult& result, Done done);

std::string add_json(const AddResult& result, Done done);
std::string add_summary(const AddResult& result, Done done);

}  // namespace ocimux::cli
