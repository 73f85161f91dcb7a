#pragma once

#include <ocimux/jobs/inspect.hpp>
#include <ocimux/jobs/match.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/jobs/pull.hpp>
#include <ocimux/jobs/push.hpp>

#include <string>

/// Results as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

std::string merge_json(const MergeResult& result);
/// What a dry run found, as a table.
std::string merge_plan(const MergeResult& result);
/// What was done, in a few lines.
std::string merge_summary(const MergeResult& result, const std::string& output);

/// Whether something was done, or would be (a dry run).
enum class Done { all, not_yet };

std::string pull_json(const PullResult& result, Done done);
/// What a dry run found, in a few lines.
std::string pull_plan(const PullResult& result);
/// What was done, in a few lines.
std::string pull_summary(const PullResult& result, const std::string& output);

std::string push_json(const PushResult& result, Done done);
/// The names that were pushed, one a line; of a dry run also what would be sent.
std::string push_text(const PushResult& result, Done done);
std::string push_summary(const PushResult& result);

std::string inspection_json(const Inspection& inspection);
std::string inspection_table(const Inspection& inspection);

std::string match_json(const MatchResult& result);
std::string match_table(const MatchResult& result);

}  // namespace ocimux::cli
