#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocimux::cli {

/// Throws where a report (in XML) could not be written to @p path, or would overwrite one of
/// @p inputs or another file that is no report: known before the work, not after it. @p option is
/// named in the error; an empty path is none.
void check_report_file(std::string_view option, const std::string& path,
                       const std::vector<std::string>& inputs);

/// Writes @p text to @p path, in one step where that is a regular file or none: who reads it sees
/// the one before or all of this one. An empty path is none.
void write_report_file(const std::string& path, std::string_view text);

}  // namespace ocimux::cli
