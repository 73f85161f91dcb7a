#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/digest/digest.hpp>

#include "cli/common.hpp"
#include "cli/run.hpp"

#include <string>
#include <vector>

/// Where the results of commands go that write a layout or an archive.
namespace ocimux::cli {

/// What a command prints on standard output, beside an archive that may go there.
enum class Printed { json, plan, digest };

/// Throws Errc::invalid_argument when standard output would get two results, or a terminal an
/// archive.
void check_standard_output(const std::string& output, Printed printed);

/// Throws where the digest could not be written to @p path, or would overwrite the output or an
/// input: known before the work, not after it. An empty path is none.
void check_digest_file(const std::string& path, const std::string& output,
                       const std::vector<std::string>& inputs);
void write_digest_file(const std::string& path, const Digest& digest);

/// Says what was done on standard error. Where lines of JSON are asked for, each line is one.
void tell(const std::string& summary, const CommonOptions& common, Console& console,
          Progress& progress);

}  // namespace ocimux::cli
