#include <ocimux/base/error.hpp>
#include <ocimux/jobs/inspect.hpp>

#include "cli/common.hpp"
#include "cli/image_options.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"
#include "cli/values.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Shows what a layout, archive or registry holds: tags, platforms, digests, layers, sizes, and "
    "the bytes\n"
    "that images share. Reads headers and documents only, whatever the size.";

constexpr const char* examples =
    "\nExamples:\n"
    "  ocimux inspect layout\n"
    "  ocimux inspect layout:main --platform linux/arm64 --config";

struct Typed {
  std::string reference;
  std::vector<std::string> platforms;
  bool json = false;
  bool raw = false;
  bool config = false;
  TypedRegistryOptions registry;
};

std::optional<Platform> one_platform(const std::vector<Platform>& platforms) {
  if (platforms.size() > 1) {
    throw Error(Errc::invalid_argument,
                "--platform: expected one platform for one document, found " +
                    std::to_string(platforms.size()));
  }
  if (platforms.empty()) return std::nullopt;
  return platforms.front();
}

void run(const Typed& typed, Console& console, Progress& progress, const std::stop_token& stop) {
  const std::vector<Platform> platforms = parse_platforms(typed.platforms);
  const RegistryOptions registry = parse_registry_options(typed.registry, stop);
  if (typed.raw) {
    console.out << inspect_raw(typed.reference, one_platform(platforms), progress, stop, registry);
  } else if (typed.config) {
    console.out << inspect_config(typed.reference, one_platform(platforms), progress, stop,
                                  registry);
  } else {
    const Inspection inspection = inspect(typed.reference, platforms, progress, stop, registry);
    console.out << (typed.json ? inspection_json(inspection) + "\n" : inspection_table(inspection));
  }
}

}  // namespace

void add_inspect(CLI::App& app, const CommonOptions& /*common*/, Action& action) {
  CLI::App* command = app.add_subcommand("inspect", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(std::string(image_reference) + examples);
  command->add_option("REF", typed->reference, "What to look at")->required()->type_name("");
  command->add_option("-p,--platform", typed->platforms, "Only these platforms")
      ->type_name("LIST")
      ->allow_extra_args(false);
  auto* json = command->add_flag("--json", typed->json, "Print one JSON document");
  auto* raw = command->add_flag("--raw", typed->raw, "Print the index or manifest, byte for byte");
  auto* config =
      command->add_flag("--config", typed->config, "Print the image config, byte for byte");
  raw->excludes(json);
  config->excludes(json)->excludes(raw);
  add_registry_options(*command, typed->registry);
  act_with(typed, *command, action, run);
}

}  // namespace ocimux::cli
