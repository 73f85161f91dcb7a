#pragma once

#include <ocimux/jobs/diff.hpp>

#include <cstddef>
#include <iosfwd>
#include <string>

/// What differs, as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

/// One line: whether it is all the same, time stamps only, or what kinds of things differ.
std::string diff_summary(const Diff& diff);

/// The summary, and what differs below it, platform by platform. Of the files of an image at most
/// @p most are listed, and of those that differ in time only a few, where there is nothing else;
/// SIZE_MAX lists them all.
void print_diff_text(const Diff& diff, std::size_t most, std::ostream& out);
/// Writes one document with everything, a file at a time.
void print_diff_json(const Diff& diff, std::ostream& out);

}  // namespace ocimux::cli
