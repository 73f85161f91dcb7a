#include <ocimux/jobs/edit.hpp>

#include "cli/common.hpp"
#include "cli/edit_options.hpp"

#include <memory>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Gives an image in a layout or archive further names. Prints OLD -> NEW for each: the digest\n"
    "that the name stood for (none where it is new), and the one it stands for.";

constexpr const char* footer =
    "REF is PATH:TAG, PATH@DIGEST (also of an image that an index lists), or PATH where there is "
    "one\n"
    "image. NEWTAG is main, or velero/velero:main. A new bare tag has no full name.\n"
    "\nExamples:\n"
    "  ocimux tag layout:main v1.16.0 velero/velero:latest\n"
    "  ocimux tag layout:v1.16.0 latest --replace";

constexpr const char* untag_description =
    "Removes names from a layout or archive. Blobs that nothing names any more stay until\n"
    "ocimux gc. Prints OLD -> none for each entry of index.json that went.";

constexpr const char* untag_footer =
    "PATH@DIGEST removes every entry of index.json with that digest, named or not.\n"
    "\nExamples:\n"
    "  ocimux tag layout:main old older\n"
    "  ocimux untag layout:old layout:older";

struct Typed {
  TypedEditOptions edit;
  TagOptions options;
};

struct TypedUntag {
  TypedEditOptions edit;
  UntagOptions options;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  TagOptions options = typed.options;
  options.edit = typed.edit.edit;
  print_edit(tag(options, progress, stop), typed.edit, common, console, progress);
}

void run_untag(const TypedUntag& typed, const CommonOptions& common, Console& console,
               Progress& progress, const std::stop_token& stop) {
  UntagOptions options = typed.options;
  options.dry_run = typed.edit.edit.dry_run;
  options.sync = typed.edit.edit.sync;
  print_edit(untag(options, progress, stop), typed.edit, common, console, progress);
}

}  // namespace

void add_tag(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("tag", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->edit.edit.reference, "What to name")->required()->type_name("");
  command->add_option("NEWTAG", typed->options.tags, "Its new names")->required()->type_name("");
  command->add_flag("--replace", typed->options.replace, "Move tags that exist");
  add_edit_options(*command, typed->edit, EditResults::many);
  act_with(typed, common, *command, action, run);
}

void add_untag(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("untag", untag_description);
  const auto typed = std::make_shared<TypedUntag>();
  command->footer(untag_footer);
  command->add_option("REF", typed->options.references, "PATH:TAG or PATH@DIGEST, repeatable")
      ->required()
      ->type_name("");
  add_edit_options(*command, typed->edit, EditResults::many);
  act_with(typed, common, *command, action, run_untag);
}

}  // namespace ocimux::cli
