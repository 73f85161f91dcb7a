#include <ocimux/jobs/edit.hpp>

#include "cli/common.hpp"
#include "cli/edit_options.hpp"
#include "cli/edit_report.hpp"
#include "cli/merge_options.hpp"
#include "cli/reports.hpp"
#include "cli/results.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Adds images to an index of a layout or archive that is there, as docker manifest create\n"
    "--amend does; reads what merge reads. What the index lists already stays byte for byte. "
    "Prints\n"
    "OLD -> NEW, the digests of the index.";

constexpr const char* footer =
    "REF is PATH:TAG, PATH@DIGEST, or PATH where there is one image. INPUT is as merge's.\n"
    "\nExamples:\n"
    "  ocimux add layout:main linux/s390x=a.tar\n"
    "  ocimux add layout:main linux/arm64=b.tar --replace";

struct Typed {
  TypedEditOptions edit;
  TypedMergeOptions merge;
  bool replace = false;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  check_edit(typed.edit);
  AddOptions options{typed.edit.edit, parse_merge_options(typed.merge, common, stop),
                     typed.replace};
  check_digest_file(typed.edit.digest_file, options.edit.reference, files_of(options.images));
  const AddResult result = add(options, progress, stop);
  const Done done = options.edit.dry_run ? Done::not_yet : Done::all;
  if (done == Done::all && !typed.edit.digest_file.empty()) {
    write_digest_file(typed.edit.digest_file, *result.edit.names.front().after);
  }
  if (typed.edit.json) {
    console.out << add_json(result, done) << '\n';
  } else {
    console.out << (done == Done::all ? edit_lines(result.edit)
                                      : merge_plan({std::nullopt, result.images, {}}));
  }
  console.out.flush();
  const std::string summary = add_summary(result, done);
  if (!summary.empty()) tell(summary, common, console, progress);
}

}  // namespace

void add_add(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("add", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->edit.edit.reference, "What to add to")
      ->required()
      ->type_name("");
  command->add_option("INPUT", typed->merge.inputs, "[PLATFORM=]INPUT…")->required()->type_name("");
  command->add_flag("--replace", typed->replace,
                    "Put new images in the place of others of the same platform");
  command->add_flag("!--no-hard-links", typed->merge.options.hard_links,
                    "Copy the blobs of input layouts where they could be hard links");
  add_edit_options(*command, typed->edit, EditResults::one);
  add_merge_options(*command, typed->merge);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
