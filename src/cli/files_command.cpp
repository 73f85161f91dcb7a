#include <ocimux/jobs/files.hpp>

#include "cli/common.hpp"
#include "cli/files_report.hpp"
#include "cli/registry_options.hpp"
#include "cli/values.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Lists the files of one image as a container of it would see them, its layers put over each\n"
    "other: mode, owner, size, time, the SHA-256 of contents, and where links lead.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive, a docker save archive or a\n"
    "root filesystem tar, plain or compressed; or docker://HOST/REPO[:TAG][@DIGEST].\n"
    "\nExamples:\n"
    "  ocimux files layout:main --platform linux/amd64\n"
    "  ocimux files layout:main --platform linux/arm64 /bin/ --json";

struct Typed {
  std::string reference;
  std::string path = "/";
  std::string platform;
  bool json = false;
  TypedRegistryOptions registry;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  FilesOptions options{typed.reference};
  options.platform = parse_platform(typed.platform);
  options.path = typed.path;
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  const ImageFiles files = read_files(options, progress, stop);
  if (typed.json) {
    print_files_json(files, console.out);
  } else {
    print_files_table(files, console.out);
  }
}

}  // namespace

void add_files(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("files", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->reference, "The image")->required()->type_name("");
  command
      ->add_option("PATH", typed->path,
                   "Only what is there and below; a link itself, unless a / is behind it")
      ->type_name("");
  command->add_option("-p,--platform", typed->platform, "Which image, where there are several")
      ->type_name("PLATFORM");
  command->add_flag("--json", typed->json, "Print one JSON document");
  add_registry_options(*command, typed->registry);
  command->callback([typed, &common, &action] {
    action = [typed, &common](Console& console, Progress& progress, const std::stop_token& stop) {
      run(*typed, common, console, progress, stop);
    };
  });
}

}  // namespace ocimux::cli
