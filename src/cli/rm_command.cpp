#include <ocimux/jobs/edit.hpp>

#include "cli/common.hpp"
#include "cli/edit_options.hpp"

#include <memory>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Removes images from an index of a layout or archive, and the attestations that speak of "
    "them;\n"
    "without SELECTOR the name itself, as ocimux untag does. Prints OLD -> NEW, the digests of "
    "the\n"
    "index. Blobs that nothing names any more stay until ocimux gc.";

constexpr const char* footer =
    "REF is PATH:TAG, PATH@DIGEST, or PATH where there is one image. SELECTOR picks images of the\n"
    "index: linux/arm64, windows:ltsc2022, or a digest. One image at least must stay.\n"
    "\nExamples:\n"
    "  ocimux rm layout:main linux/arm64 windows\n"
    "  ocimux tag layout:main old && ocimux rm layout:old";

struct Typed {
  TypedEditOptions edit;
  RemoveOptions options;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  check_edit(typed.edit);
  RemoveOptions options = typed.options;
  options.edit = typed.edit.edit;
  print_edit(remove(options, progress, stop), typed.edit, common, console, progress);
}

}  // namespace

void add_rm(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("rm", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->edit.edit.reference, "What to remove from")
      ->required()
      ->type_name("");
  command->add_option("SELECTOR", typed->options.selectors, "Which images of the index")
      ->type_name("");
  add_edit_options(*command, typed->edit, EditResults::one);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
