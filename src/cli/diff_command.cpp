#include <ocimux/jobs/diff.hpp>

#include "cli/common.hpp"
#include "cli/diff_report.hpp"
#include "cli/registry_options.hpp"
#include "cli/values.hpp"

#include <cstdint>
#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Says in what two images, or indexes of images, differ: platforms, annotations, configs, "
    "layers\n"
    "and files. Two builds that differ in time stamps only are said to be just that.";

constexpr const char* footer =
    "A and B are PATH, PATH:TAG or PATH@DIGEST of OCI layouts or archives, docker save archives "
    "or\n"
    "root filesystem tars, plain or compressed; or docker://HOST/REPO[:TAG][@DIGEST].\n"
    "Exit status: 0 nothing differs, 1 something does; other failures have an 'ocimux:' line.\n"
    "\nExamples:\n"
    "  ocimux diff layout:main layout:main\n"
    "  ocimux diff _output/velero-main-linux-arm64.tar layout:main --platform linux/arm64 --json";

constexpr std::size_t usually_listed = 50;

struct Typed {
  std::string before;
  std::string after;
  std::vector<std::string> platforms;
  bool json = false;
  bool all = false;
  TypedRegistryOptions registry;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  DiffOptions options{typed.before, typed.after};
  options.platforms = parse_platforms(typed.platforms);
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  const Diff found = diff(options, progress, stop);
  if (typed.json) {
    print_diff_json(found, console.out);
  } else {
    print_diff_text(found, typed.all ? SIZE_MAX : usually_listed, console.out);
  }
  console.status = found.same() ? 0 : 1;
}

}  // namespace

void add_diff(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("diff", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("A", typed->before, "What is compared")->required()->type_name("");
  command->add_option("B", typed->after, "And with what")->required()->type_name("");
  command->add_option("-p,--platform", typed->platforms, "Only these platforms")
      ->type_name("LIST")
      ->allow_extra_args(false);
  command->add_flag("--all", typed->all, "List all files, not the first of each image");
  command->add_flag("--json", typed->json, "Print one JSON document");
  add_registry_options(*command, typed->registry);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
