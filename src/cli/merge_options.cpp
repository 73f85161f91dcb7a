#include "cli/merge_options.hpp"

#include "cli/values.hpp"

#include <cstdlib>

namespace ocimux::cli {
namespace {

void add_platform_options(CLI::App& app, TypedMergeOptions& typed) {
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

void add_image_options(CLI::App& app, TypedMergeOptions& typed) {
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

}  // namespace

CLI::Option* add_list(CLI::App& app, const std::string& name, std::vector<std::string>& values,
                      const std::string& type, const std::string& text) {
  // One value each time the option stands, or it would take the inputs behind it, too.
  return app.add_option(name, values, text)->type_name(type)->allow_extra_args(false);
}

void add_merge_options(CLI::App& app, TypedMergeOptions& typed) {
  add_platform_options(app, typed);
  add_image_options(app, typed);
  add_registry_options(app, typed.registry);
}

MergeOptions parse_merge_options(const TypedMergeOptions& typed, const CommonOptions& common,
                                 const std::stop_token& stop) {
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
  options.registry = parse_registry_options(typed.registry, stop);
  options.jobs = common.threads();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  options.source_date_epoch = parse_epoch(std::getenv("SOURCE_DATE_EPOCH"));
  return options;
}

std::vector<std::string> files_of(const MergeOptions& options) {
  std::vector<std::string> files;
  for (const MergeInput& input : options.inputs) files.push_back(input.reference);
  return files;
}

}  // namespace ocimux::cli
