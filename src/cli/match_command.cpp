#include <ocimux/base/error.hpp>
#include <ocimux/jobs/match.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Says which manifest a node would run, and why it would not take the others, by the rules of\n"
    "the container runtimes themselves. Nothing is pulled: it is told from the index alone.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive or a docker save archive, "
    "or\n"
    "docker://HOST/REPO[:TAG][@DIGEST].\n"
    "A Windows node is named with its os.version: windows/amd64:10.0.20348.1607, or ltsc2022.\n"
    "RUNTIME is containerd, docker or podman (which also stands for CRI-O, buildah and skopeo), "
    "or\n"
    "an older containerd: containerd:2.1, :1.7, :1.6, :1.5. Exit code 4: one finds nothing.\n"
    "\nExamples:\n"
    "  ocimux match layout:main --node linux/arm64\n"
    "  ocimux match layout --node linux/amd64/v3 --runtime containerd --json";

struct Typed {
  std::string reference;
  std::string node;
  std::vector<std::string> runtimes;
  bool json = false;
  TypedRegistryOptions registry;
};

void run(const Typed& typed, Console& console, Progress& progress, const std::stop_token& stop) {
  const MatchResult result = match(
      {typed.reference, typed.node, typed.runtimes, parse_registry_options(typed.registry, stop)},
      progress, stop);
  console.out << (typed.json ? match_json(result) + "\n" : match_table(result));
  std::string without;
  for (const RuntimeMatch& runtime : result.runtimes) {
    if (runtime.chosen() == nullptr) without += (without.empty() ? "" : ", ") + runtime.runtime;
  }
  if (without.empty()) return;
  console.out.flush();
  throw Error(Errc::not_found,
              result.name + ": expected a manifest for " + result.node.string() +
                  ", found none that fits for " + without,
              result.hint);
}

}  // namespace

void add_match(CLI::App& app, const CommonOptions& /*common*/, Action& action) {
  CLI::App* command = app.add_subcommand("match", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->reference, "What to choose from")->required()->type_name("");
  command->add_option("--node", typed->node, "The platform of the node")
      ->required()
      ->type_name("PLATFORM");
  command
      ->add_option("--runtime", typed->runtimes,
                   "Whose rules; repeatable (default: all that run such nodes)")
      ->type_name("RUNTIME")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_flag("--json", typed->json, "Print one JSON document");
  add_registry_options(*command, typed->registry);
  act_with(typed, *command, action, run);
}

}  // namespace ocimux::cli
