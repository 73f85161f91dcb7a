#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>

#include "cli/common.hpp"
#include "cli/edit_options.hpp"
#include "cli/values.hpp"

#include <memory>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Changes annotations and platforms in an index of a layout or archive, as docker manifest\n"
    "annotate does. Prints OLD -> NEW, the digests of the index.";

constexpr const char* footer =
    "REF is PATH:TAG, PATH@DIGEST, or PATH where there is one image. SELECTOR picks images of the\n"
    "index: linux/arm64, windows:ltsc2022, '*', or a digest. Without one annotations are the "
    "index's,\n"
    "and a platform is changed only where the index has one image.\n"
    "KEY= (and --remove-annotation KEY) removes an annotation, '' a part of a platform.\n"
    "\nExamples:\n"
    "  ocimux annotate layout:main --annotation org.opencontainers.image.version=1.16.0\n"
    "  ocimux annotate layout:main windows/amd64 --os-version 10.0.20348.1607\n"
    "  ocimux annotate layout:main linux/arm64 --annotation org.example.board=rpi";

struct Typed {
  const CLI::App* command = nullptr;  // which knows what was given, be it empty
  TypedEditOptions edit;
  AnnotateOptions options;
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;
  std::string os_features;
  std::vector<std::string> annotations;
  std::vector<std::string> removed;
};

void add_options(CLI::App& app, Typed& typed) {
  app.add_option("REF", typed.edit.edit.reference, "What to annotate")->required()->type_name("");
  app.add_option("SELECTOR", typed.options.selectors, "Which images of the index")->type_name("");
  app.add_option("--os", typed.os, "The operating system")->type_name("OS");
  app.add_option("--arch", typed.architecture, "The architecture")->type_name("ARCH");
  app.add_option("--variant", typed.variant, "The variant, as v7")->type_name("VARIANT");
  app.add_option("--os-version", typed.os_version,
                 "os.version of Windows images, as 10.0.20348.1607 or ltsc2022")
      ->type_name("VERSION");
  app.add_option("--os-features", typed.os_features, "os.features, as win32k")->type_name("LIST");
  app.add_option("--annotation", typed.annotations,
                 "SCOPE is index, descriptor or manifest; descriptor where images are selected, "
                 "else index")
      ->type_name("[SCOPE:][SEL=]KEY=VALUE")
      ->allow_extra_args(false);
  app.add_option("--remove-annotation", typed.removed, "The same, to remove it")
      ->type_name("[SCOPE:][SEL=]KEY")
      ->allow_extra_args(false);
  app.add_flag("--allow-mismatch", typed.options.allow_mismatch,
               "Warn, instead of stopping, where config or binaries say another platform");
}

AnnotateOptions parse(const Typed& typed, const CommonOptions& common) {
  AnnotateOptions options = typed.options;
  options.edit = typed.edit.edit;
  options.jobs = common.threads();
  const auto given = [&](const char* name, const std::string& value) {
    return typed.command->count(name) != 0 ? std::optional(value) : std::nullopt;
  };
  PlatformChange& platform = options.platform;
  platform.os = given("--os", typed.os);
  platform.architecture = given("--arch", typed.architecture);
  platform.variant = given("--variant", typed.variant);
  platform.os_version = given("--os-version", typed.os_version);
  if (platform.os_version && !platform.os_version->empty()) {
    platform.os_version = parse_os_version(*platform.os_version);
  }
  if (const auto features = given("--os-features", typed.os_features)) {
    platform.os_features.emplace();
    if (!features->empty()) platform.os_features = CLI::detail::split(*features, ',');
  }
  for (const std::string& text : typed.annotations) {
    options.annotations.push_back(parse_annotation_edit(text));
  }
  for (const std::string& text : typed.removed) {
    options.annotations.push_back(parse_annotation_edit(text + "="));
  }
  return options;
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  check_edit(typed.edit);
  const EditResult result = annotate(parse(typed, common), progress, stop);
  print_edit(result, typed.edit, common, console, progress);
}

}  // namespace

void add_annotate(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("annotate", description);
  const auto typed = std::make_shared<Typed>();
  typed->command = command;
  command->footer(footer);
  add_options(*command, *typed);
  add_edit_options(*command, typed->edit, EditResults::one);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
