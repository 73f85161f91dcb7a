#include <ocimux/jobs/collect_garbage.hpp>

#include "cli/common.hpp"
#include "cli/gc_report.hpp"
#include "cli/results.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Removes the blobs of a layout or archive that nothing in its index.json leads to, and what "
    "processes "
    "that\n"
    "died have left. Prints DIGEST BYTES of each. Where a document is damaged or missing nothing "
    "is\n"
    "removed. Blobs that another process at work relies on stay.";

constexpr const char* footer =
    "\nExamples:\n"
    "  ocimux gc layout --dry-run\n"
    "  ocimux gc layout";

struct Typed {
  GarbageOptions options;
  bool json = false;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const Garbage garbage = collect_garbage(typed.options, progress, stop);
  const Done done = typed.options.dry_run ? Done::not_yet : Done::all;
  console.out << (typed.json ? garbage_json(garbage, done) + "\n" : garbage_lines(garbage));
  console.out.flush();
  tell(garbage_summary(garbage, done), common, console, progress);
}

}  // namespace

void add_gc(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("gc", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("LAYOUT", typed->options.layout, "A layout directory or an OCI archive")
      ->required()
      ->type_name("");
  command->add_flag("!--no-sync", typed->options.sync,
                    "Do not wait for the disk where an archive is written anew");
  command->add_flag("--dry-run", typed->options.dry_run, "Say what would go; remove nothing");
  command->add_flag("--json", typed->json, "Print one JSON document instead");
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
