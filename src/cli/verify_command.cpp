#include <ocimux/base/error.hpp>
#include <ocimux/jobs/verify.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/reports.hpp"
#include "cli/values.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Reads every layer of images and says whether what is said of their platform is true: the\n"
    "name of the file, the descriptor in the index, the config and the binaries must agree.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of a root filesystem tar, an OCI layout or archive, or "
    "a\n"
    "docker save archive, or docker://HOST/REPO[:TAG][@DIGEST], with the platform it should have "
    "in\n"
    "front where nothing else says it: linux/arm64=image.tar. Exit status 3: something is wrong.\n"
    "\nExamples:\n"
    "  ocimux verify _output/velero-main-*.tar\n"
    "  ocimux verify layout:main";

struct Typed {
  std::vector<std::string> inputs;
  bool json = false;
  TypedRegistryOptions registry;
};

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  VerifyOptions options;
  for (const std::string& input : typed.inputs) options.inputs.push_back(parse_input(input));
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  const Verification verification = verify(options, progress, stop);
  console.out << (typed.json ? verification_json(verification) + "\n"
                             : verification_text(verification));
  console.out.flush();
  if (verification.ok()) return;
  throw Error(Errc::conflict, "verify: expected nothing wrong, found " +
                                  std::to_string(verification.findings()) + " finding(s)");
}

}  // namespace

void add_verify(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("verify", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->inputs, "[PLATFORM=]REF…")->required()->type_name("");
  command->add_flag("--json", typed->json, "Print one JSON document");
  add_registry_options(*command, typed->registry);
  command->callback([typed, &common, &action] {
    action = [typed, &common](Console& console, Progress& progress, const std::stop_token& stop) {
      run(*typed, common, console, progress, stop);
    };
  });
}

}  // namespace ocimux::cli
