#include <ocimux/base/error.hpp>
#include <ocimux/jobs/merge.hpp>

#include "cli/common.hpp"
#include "cli/merge_options.hpp"
#include "cli/reports.hpp"
#include "cli/results.hpp"

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

struct Typed {
  TypedMergeOptions merge;
  std::string format = "oci";
  std::string digest_file;
  bool json = false;
};

void add_output_options(CLI::App& app, Typed& typed) {
  MergeOptions& options = typed.merge.options;
  app.add_option("-o,--output", options.output,
                 "A layout directory (made, or added to), FILE.tar, or - for standard output")
      ->type_name("DEST")
      ->required();
  add_list(app, "-t,--tag", options.tags, "NAME", "main, or velero/velero:main; repeatable");
  app.add_flag("--platform-tags", options.platform_tags,
               "Also tag each platform's image: main-linux-amd64, main-windows-ltsc2022-amd64");
  app.add_flag("--replace", options.replace, "Move tags that exist; replace FILE.tar");
  app.add_option("--format", typed.format, "Media types of what is made: oci or docker")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"oci", "docker"}));
  app.add_option("--digestfile", typed.digest_file, "Also write the index digest to FILE")
      ->type_name("FILE");
  app.add_flag(
      "!--no-sync", options.sync,
      "Do not wait for the disk: faster, for output that need not survive a loss of power");
  app.add_flag("!--no-hard-links", options.hard_links,
               "Copy the blobs of input layouts where they could be hard links");
  app.add_flag("--dry-run", options.dry_run, "Say what would be merged; write nothing");
  app.add_flag("--json", typed.json, "Print one JSON document instead of the digest");
}

MergeOptions parse(const Typed& typed, const CommonOptions& common, const std::stop_token& stop) {
  MergeOptions options = parse_merge_options(typed.merge, common, stop);
  options.format = typed.format == "docker" ? ImageFormat::docker : ImageFormat::oci;
  check_standard_output(options.output, typed.json        ? Printed::json
                                        : options.dry_run ? Printed::plan
                                                          : Printed::digest);
  // Its file must not be one that the merge reads or writes.
  check_digest_file(typed.digest_file, options.output, files_of(options));
  return options;
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const MergeOptions options = parse(typed, common, stop);
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
  command->add_option("INPUT", typed->merge.inputs, "[PLATFORM=]INPUT…")->required()->type_name("");
  add_output_options(*command, *typed);
  add_merge_options(*command, typed->merge);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
