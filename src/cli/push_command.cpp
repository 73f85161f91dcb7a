#include <ocimux/base/error.hpp>
#include <ocimux/jobs/push.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"
#include "cli/results.hpp"
#include "cli/values.hpp"

#include <cstdint>
#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Sends images to registries: blobs first, then manifests, what refers to them and indexes, "
    "tags\n"
    "last. What a registry has is not sent again, and what broke is taken up where it broke.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive; without a tag all of it "
    "goes:\n"
    "every tag, every platform, signatures and other referrers. DEST is HOST/REPO[:TAG]; several "
    "get\n"
    "the same. Without DEST and --prefix images go where their full names say. Prints\n"
    "HOST/REPO:TAG@DIGEST for each tag.\n"
    "\nExamples:\n"
    "  ocimux push layout registry.example.com/velero/velero\n"
    "  ocimux push layout:main registry.example.com/velero/velero:v1 gcr.io/velero/velero:v1\n"
    "  ocimux push bundle.tar --prefix registry.example.com/mirror --authfile auth.json";

struct Typed {
  std::vector<std::string> platforms;
  std::string format;
  std::uint64_t chunk_size = 0;
  bool no_referrers = false;
  bool json = false;
  TypedRegistryOptions registry;
  PushOptions options;
};

void add_what(CLI::App& app, Typed& typed) {
  app.add_option("REF", typed.options.source, "A layout or an OCI archive")
      ->required()
      ->type_name("");
  app.add_option("DEST", typed.options.destinations, "HOST/REPO[:TAG]…")->type_name("");
  app.add_option("--prefix", typed.options.prefix,
                 "Send each image under its own name, below this one")
      ->type_name("HOST[/PATH]");
  app.add_option("-p,--platform", typed.platforms, "Exactly these platforms, comma separated")
      ->type_name("LIST")
      ->allow_extra_args(false);
  app.add_flag("--platform-tags", typed.options.platform_tags,
               "Also tag each platform's image: main-linux-amd64, main-windows-ltsc2022-amd64");
  app.add_option("--format", typed.format,
                 "Convert manifests and indexes: oci or docker (default: as they are)")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"oci", "docker"}));
  app.add_flag("--no-referrers", typed.no_referrers,
               "Leave signatures, attestations and other referrers behind");
}

void add_how(CLI::App& app, Typed& typed) {
  app.add_option("--mount-from", typed.options.mount_from,
                 "A repository that the registry may take blobs from; repeatable")
      ->type_name("HOST/REPO")
      ->allow_extra_args(false);
  app.add_option("--chunk-size", typed.chunk_size,
                 "Send blobs in parts of this size, such as 16M (default: in one piece)")
      ->type_name("SIZE")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(std::uint64_t{1} << 10, std::uint64_t{1} << 40));
  app.add_flag("--check-blobs", typed.options.check_blobs,
               "Also ask for the blobs of manifests that are there already");
  app.add_flag("--dry-run", typed.options.dry_run,
               "Ask and decide everything, say the bytes that would go, send nothing");
  app.add_flag("--json", typed.json, "Print one JSON document");
}

PushOptions parse(const Typed& typed, const CommonOptions& common, const std::stop_token& stop) {
  PushOptions options = typed.options;
  options.platforms = parse_platforms(typed.platforms);
  if (!typed.format.empty()) {
    options.format = typed.format == "docker" ? ImageFormat::docker : ImageFormat::oci;
  }
  options.referrers = !typed.no_referrers;
  options.chunk_size = static_cast<std::int64_t>(typed.chunk_size);
  options.jobs = common.connections();
  options.registry = parse_registry_options(typed.registry, stop);
  return options;
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const PushOptions options = parse(typed, common, stop);
  const PushResult result = push(options, progress, stop);
  const Done done = options.dry_run ? Done::not_yet : Done::all;
  console.out << (typed.json ? push_json(result, done) + "\n" : push_text(result, done));
  console.out.flush();
  if (!options.dry_run) tell(push_summary(result), common, console, progress);
}

}  // namespace

void add_push(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("push", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  add_what(*command, *typed);
  add_how(*command, *typed);
  add_registry_options(*command, typed->registry);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
