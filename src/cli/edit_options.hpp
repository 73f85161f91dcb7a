#pragma once

#include <ocimux/jobs/edit.hpp>

#include "cli/common.hpp"

#include <string>

namespace ocimux::cli {

/// What every command that edits takes, as it is typed.
struct TypedEditOptions {
  EditOptions edit;
  std::string digest_file;
  bool json = false;
};

/// `--dry-run`, `--no-sync` and `--json`; with what has one result also `--digestfile`.
enum class EditResults { one, many };
void add_edit_options(CLI::App& app, TypedEditOptions& typed, EditResults results);

/// Throws where the digest could not be written to its file: known before the work, not after it.
void check_edit(const TypedEditOptions& typed);

/// Prints what an edit did, and writes the digest file.
void print_edit(const EditResult& result, const TypedEditOptions& typed,
                const CommonOptions& common, Console& console, Progress& progress);

}  // namespace ocimux::cli
