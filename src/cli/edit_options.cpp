#include "cli/edit_options.hpp"

#include "cli/edit_report.hpp"
#include "cli/results.hpp"
#include "source/reference.hpp"

#include <ostream>

namespace ocimux::cli {

void add_edit_options(CLI::App& app, TypedEditOptions& typed, EditResults results) {
  app.add_flag(
      "!--no-sync", typed.edit.sync,
      "Do not wait for the disk: faster, for a layout that need not survive a loss of power");
  if (results == EditResults::one) {
    app.add_option("--digestfile", typed.digest_file, "Also write the new digest to FILE")
        ->type_name("FILE");
  }
  app.add_flag("--dry-run", typed.edit.dry_run, "Say what would be changed; write nothing");
  app.add_flag("--json", typed.json, "Print one JSON document instead of the digests");
}

void check_edit(const TypedEditOptions& typed) {
  if (typed.digest_file.empty()) return;
  const std::string place = LocalReference::parse(typed.edit.reference).path.string();
  check_digest_file(typed.digest_file, place, {});
}

void print_edit(const EditResult& result, const TypedEditOptions& typed,
                const CommonOptions& common, Console& console, Progress& progress) {
  const Done done = typed.edit.dry_run ? Done::not_yet : Done::all;
  if (!typed.edit.dry_run && !typed.digest_file.empty() && !result.names.empty() &&
      result.names.front().after) {
    write_digest_file(typed.digest_file, *result.names.front().after);
  }
  console.out << (typed.json ? edit_json(result, done) + "\n" : edit_lines(result));
  console.out.flush();
  tell(edit_summary(result, done), common, console, progress);
}

}  // namespace ocimux::cli
