#include <ocimux/base/error.hpp>
#include <ocimux/jobs/pull.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"
#include "cli/results.hpp"
#include "cli/values.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Copies an image with all its platforms from a registry into a layout or archive, byte for\n"
    "byte, and what refers to it: signatures, attestations, SBOMs. What is there already is not\n"
    "fetched again.";

constexpr const char* footer =
    "SOURCE is [docker://]HOST[:PORT]/REPO[:TAG][@DIGEST]; without HOST it is Docker Hub's, "
    "without\n"
    "TAG and DIGEST latest. Of TAG and DIGEST the digest counts, and the tag is the name here.\n"
    "\nExamples:\n"
    "  ocimux pull docker.io/library/busybox:1.36 -o layout\n"
    "  ocimux pull registry.k8s.io/pause:3.10 -p linux/amd64,windows/amd64:ltsc2022 -o pause.tar";

struct Typed {
  std::vector<std::string> platforms;
  std::string digest_file;
  bool json = false;
  TypedRegistryOptions registry;
  PullOptions options;
};

void add_options(CLI::App& app, Typed& typed) {
  PullOptions& options = typed.options;
  app.add_option("SOURCE", options.source, "The image to fetch")->required()->type_name("");
  app.add_option("-o,--output", options.output,
                 "A layout directory (made, or added to), FILE.tar, or - for standard output")
      ->type_name("DEST")
      ->required();
  app.add_option("-p,--platform", typed.platforms,
                 "Exactly these platforms; a missing one is an error")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_option("-t,--tag", options.tags,
                 "Its name here instead of that in the registry; repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_flag("--replace", options.replace, "Move tags that exist; replace FILE.tar");
  app.add_flag("!--no-referrers", options.referrers,
               "Not what refers to the image: signatures, attestations, SBOMs");
  app.add_flag(
      "!--no-sync", options.sync,
      "Do not wait for the disk: faster, for output that need not survive a loss of power");
  app.add_option("--digestfile", typed.digest_file, "Also write the digest to FILE")
      ->type_name("FILE");
  app.add_flag("--dry-run", options.dry_run, "Say what would be fetched; write nothing");
  app.add_flag("--json", typed.json, "Print one JSON document instead of the digest");
}

PullOptions parse(const Typed& typed, const CommonOptions& common, const std::stop_token& stop) {
  PullOptions options = typed.options;
  options.platforms = parse_platforms(typed.platforms);
  options.registry = parse_registry_options(typed.registry, stop);
  // Not the processors: connections mostly wait.
  if (common.jobs != 0) options.jobs = common.jobs;
  check_standard_output(options.output, typed.json        ? Printed::json
                                        : options.dry_run ? Printed::plan
                                                          : Printed::digest);
  check_digest_file(typed.digest_file, options.output, {});
  return options;
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const PullOptions options = parse(typed, common, stop);
  const PullResult result = pull(options, progress, stop);
  if (!options.dry_run && !typed.digest_file.empty()) {
    write_digest_file(typed.digest_file, result.top.digest);
  }
  if (typed.json) {
    console.out << pull_json(result, options.dry_run ? Done::not_yet : Done::all) << '\n';
  } else if (options.dry_run) {
    console.out << pull_plan(result);
  } else if (options.output != "-") {
    console.out << result.top.digest.string() << '\n';
  }
  console.out.flush();
  if (!options.dry_run) tell(pull_summary(result, options.output), common, console, progress);
}

}  // namespace

void add_pull(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("pull", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  add_options(*command, *typed);
  add_registry_options(*command, typed->registry);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
