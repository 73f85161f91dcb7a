#pragma once

#include <ocimux/jobs/files.hpp>

#include "spec/json.hpp"

#include <iosfwd>
#include <string>

/// Files of images as text for people and as JSON for programs (docs/json.md).
namespace ocimux::cli {

/// Writes a line for each path, as `ls -l` does, under a heading.
void print_files_table(const ImageFiles& files, std::ostream& out);
/// Writes one document, a path at a time: there may be millions.
void print_files_json(const ImageFiles& files, std::ostream& out);

/// `-rwxr-xr-x`.
std::string mode_text(const FileEntry& entry);
/// `0755`.
std::string octal_text(std::uint32_t mode);
/// `2026-11-20T21:00:00.5Z`; `@SECONDS` for a year that has not four digits.
std::string time_text(std::int64_t seconds, std::uint32_t nanoseconds);

Json file_json(const FileEntry& entry);

}  // namespace ocimux::cli
