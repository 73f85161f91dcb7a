#include <ocimux/base/error.hpp>
#include <ocimux/jobs/merge.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"
#include "cli/results.hpp"
#include "cli/values.hpp"

#include <cstdlib>
#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Merges images of several platforms into one OCI layout with one index over them all.\n"
    "Inputs are root filesystem tars (docker buildx build --output type=tar, docker export), OCI\n"
    "archives and layouts, and docker save archives, plain or compressed, in any mix; and, where\n"
    "docker:// says so, images of registries.";

constexpr const char* footer =
    "INPUT is PATH, PATH:TAG, PATH@DIGEST or docker://HOST/REPO[:TAG][@DIGEST], with the platform\n"
    "in front where nothing else says it: linux/arm64=image.tar. A tar named\n"
    "…-<os>[-<os version>]-<arch>[-<variant>].tar says it.\n"
    "SELECTOR picks platforms: linux, windows/amd64, linux/arm/v7, windows:ltsc2022 or *.\n"
    "\nExamples:\n"
    "  ocimux merge _output/velero-main-*.tar -t velero/velero:main -o layout\n"
    "  ocimux merge linux/amd64=a.tar linux/arm64=b.tar -t demo:1.0 -c 'CMD [\"/app\"]' -o "
    "demo.tar";

/// The options as they are typed.
struct Typed {
  std::vector<std::string> inputs;
  std::vector<std::string> platforms;
  std::vector<std::string> annotations;
  std::vector<std::string> os_versions;
  std::vector<std::string> os_features;
  std::vector<std::string> variants;
  std::vector<std::string> configs;
  std::vector<std::string> configs_from;
  std::vector<std::string> dockerfiles;
  std::vector<std::string> build_args;
  std::vector<std::string> changes;
  std::vector<std::string> bases;
  std::string attestations = "keep";
  std::string format = "oci";
  std::string digest_file;
  bool json = false;
  TypedRegistryOptions registry;
  MergeOptions options;
};

CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                      const std::string& type, const std::string& text) {
  // One value each time the option stands, or it would take the inputs behind it, too.
  return app.add_option(name, values, text)->type_name(type)->allow_extra_args(false);
}

void add_output_options(CLI::App& app, Typed& typed) {
  app.add_option("-o,--output", typed.options.output,
                 "A layout directory (made, or added to), FILE.tar, or - for standard output")
      ->type_name("DEST")
      ->required();
  add_list(app, "-t,--tag", typed.options.tags, "NAME", "main, or velero/velero:main; repeatable");
  app.add_flag("--platform-tags", typed.options.platform_tags,
               "Also tag each platform's image: main-linux-amd64, main-windows-ltsc2022-amd64");
  app.add_flag("--replace", typed.options.replace, "Move tags that exist; replace FILE.tar");
  app.add_option("--format", typed.format, "Media types of what is made: oci or docker")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"oci", "docker"}));
  app.add_option("--digestfile", typed.digest_file, "Also write the index digest to FILE")
      ->type_name("FILE");
  app.add_flag(
      "!--no-sync", typed.options.sync,
      "Do not wait for the disk: faster, for output that need not survive a loss of power");
  app.add_flag("!--no-hard-links", typed.options.hard_links,
               "Copy the blobs of input layouts where they could be hard links");
  app.add_flag("--dry-run", typed.options.dry_run, "Say what would be merged; write nothing");
  app.add_flag("--json", typed.json, "Print one JSON document instead of the digest");
}

void add_platform_options(CLI::App& app, Typed& typed) {
  add_list(app, "-p,--platform", typed.platforms, "LIST",
           "Exactly these platforms; a missing one is an error");
  add_list(app, "--os-version", typed.os_versions, "[SEL=]VERSION",
           "os.version of Windows images, as 10.0.20348.1607");
  add_list(app, "--os-features", typed.os_features, "[SEL=]LIST", "os.features, as win32k");
  add_list(app, "--variant", typed.variants, "[SEL=]VARIANT", "The variant, as v7");
  add_list(app, "--annotation", typed.annotations, "[SCOPE:][SEL=]KEY=VALUE",
           "SCOPE is index (default), descriptor or manifest");
  app.add_option("--attestations", typed.attestations,
                 "keep or drop BuildKit's unknown/unknown manifests")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"keep", "drop"}));
  app.add_flag("--allow-mismatch", typed.options.allow_mismatch,
               "Warn, instead of stopping, where platforms contradict each other, or a Windows "
               "tree its base");
  app.add_flag(
      "--strict", typed.options.strict,
      "Stop, instead of warning, where an image would hardly run (Windows without --base)");
}

void add_image_options(CLI::App& app, Typed& typed) {
  add_list(app, "--base", typed.bases, "[SEL=]REF",
           "Store a root filesystem tar as REF's layers, plus one with the difference");
  add_list(app, "--config", typed.configs, "[SEL=]FILE",
           "OCI image config for root filesystem tars, which carry none");
  add_list(app, "--config-from", typed.configs_from, "[SEL=]REF", "The settings of another image");
  add_list(app, "--dockerfile", typed.dockerfiles, "[SEL=]FILE",
           "The settings that the final stage of a Dockerfile makes");
  add_list(app, "--build-arg", typed.build_args, "NAME[=VALUE]",
           "A value for ARG in it; without =VALUE that of the environment");
  add_list(app, "-c,--change", typed.changes, "[SEL=]INSTRUCTION",
           "A Dockerfile instruction, as docker import -c");
  app.add_option("--compression", typed.options.compression,
                 "Of layers that are made: gzip[:1-9], zstd[:1-19] or none")
      ->type_name("CODEC");
  app.add_flag("--recompress", typed.options.recompress,
               "Compress layers that came with a digest anew, too (changes their digests)");
}

Selected<std::vector<std::string>> parse_features(const std::string& text) {
  const Selected<std::string> parsed = parse_selected(text);
  return {parsed.selector, CLI::detail::split(parsed.value, ',')};
}

MergeOptions parse(const Typed& typed, const CommonOptions& common, const std::stop_token& stop) {
  MergeOptions options = typed.options;
  for (const std::string& input : typed.inputs) options.inputs.push_back(parse_input(input));
  options.platforms = parse_platforms(typed.platforms);
  for (const std::string& annotation : typed.annotations) {
    options.annotations.push_back(parse_annotation(annotation));
  }
  options.os_versions = parse_os_versions(typed.os_versions);
  for (const std::string& features : typed.os_features) {
    options.os_features.push_back(parse_features(features));
  }
  options.variants = parse_selected(typed.variants);
  options.configs = parse_selected(typed.configs);
  options.configs_from = parse_selected(typed.configs_from);
  options.dockerfiles = parse_selected(typed.dockerfiles);
  options.build_args = parse_build_args(typed.build_args, [](const char* name) {
    return std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  });
  options.changes = parse_selected(typed.changes);
  options.bases = parse_selected(typed.bases);
  options.attestations = typed.attestations == "drop" ? Attestations::drop : Attestations::keep;
  options.format = typed.format == "docker" ? ImageFormat::docker : ImageFormat::oci;
  options.registry = parse_registry_options(typed.registry, stop);
  options.jobs = common.threads();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  options.source_date_epoch = parse_epoch(std::getenv("SOURCE_DATE_EPOCH"));
  check_standard_output(options.output, typed.json        ? Printed::json
                                        : options.dry_run ? Printed::plan
                                                          : Printed::digest);
  return options;
}

// Its file must not be one that the merge reads or writes.
std::vector<std::string> files_of(const MergeOptions& options) {
  std::vector<std::string> files;
  for (const MergeInput& input : options.inputs) files.push_back(input.reference);
  return files;
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const MergeOptions options = parse(typed, common, stop);
  check_digest_file(typed.digest_file, options.output, files_of(options));
  const MergeResult result = merge(options, progress, stop);
  if (result.index && !typed.digest_file.empty()) {
    write_digest_file(typed.digest_file, result.index->digest);
  }
  if (typed.json) {
    console.out << merge_json(result) << '\n';
  } else if (!result.index) {
    console.out << merge_plan(result);
  } else if (options.output != "-") {
    console.out << result.index->digest.string() << '\n';
  }
  console.out.flush();
  if (result.index) tell(merge_summary(result, options.output), common, console, progress);
}

}  // namespace

void add_merge(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("merge", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("INPUT", typed->inputs, "[PLATFORM=]INPUT…")->required()->type_name("");
  add_output_options(*command, *typed);
  add_platform_options(*command, *typed);
  add_image_options(*command, *typed);
  add_registry_options(*command, typed->registry);
  command->callback([typed, &common, &action] {
    action = [typed, &common](Console& console, Progress& progress, const std::stop_token& stop) {
      run(*typed, common, console, progress, stop);
    };
  });
}

}  // namespace ocimux::cli
