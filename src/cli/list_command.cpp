#include <ocimux/jobs/list.hpp>

#include "cli/common.hpp"
#include "cli/list_report.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Lists what index.json of a layout or archive names: names, digests, kinds, how many "
    "platforms,\n"
    "bytes, and what refers to what. Reads documents only; archives in place.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST. KIND is index, image, artifact or other.\n"
    "\nExamples:\n"
    "  ocimux ls layout\n"
    "  ocimux ls layout:main --json";

struct Typed {
  std::string reference;
  bool json = false;
};

void run(const Typed& typed, Console& console, Progress& progress, const std::stop_token& stop) {
  const Listing listing = list(typed.reference, progress, stop);
  console.out << (typed.json ? listing_json(listing) + "\n" : listing_table(listing));
}

}  // namespace

void add_ls(CLI::App& app, const CommonOptions& /*common*/, Action& action) {
  CLI::App* command = app.add_subcommand("ls", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->reference, "A layout or OCI archive")
      ->required()
      ->type_name("");
  command->add_flag("--json", typed->json, "Print one JSON document");
  act_with(typed, *command, action, run);
}

}  // namespace ocimux::cli
