#include <ocimux/base/error.hpp>
#include <ocimux/jobs/verify.hpp>

#include "cli/common.hpp"
#include "cli/exit_code.hpp"
#include "cli/registry_options.hpp"
#include "cli/report_file.hpp"
#include "cli/values.hpp"
#include "cli/verify_report.hpp"

#include <memory>
#include <optional>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Checks images, whole and to the last byte: documents, blobs, layers and what is in them,\n"
    "platforms (the file's name, descriptor, config and binaries must agree) and names.";

constexpr const char* footer =
    "REF is PATH, PATH:TAG or PATH@DIGEST of an OCI layout or archive, a docker save archive or a\n"
    "root filesystem tar, or docker://HOST/REPO[:TAG][@DIGEST], with the platform it should have "
    "in\n"
    "front where nothing else says it: linux/arm64=image.tar. All that is wrong is told, for "
    "every\n"
    "REF. Exit status 3: something is wrong; 4: a REF is not there. docs/verify.md has all codes.\n"
    "\nExamples:\n"
    "  ocimux verify _output/velero-main-*.tar\n"
    "  ocimux verify layout:main --expect linux/amd64,linux/arm64,windows/amd64:10.0.20348\n"
    "  ocimux verify layout --junit verify.xml --json";

struct Typed {
  std::vector<std::string> inputs;
  std::vector<std::string> expect;
  bool shallow = false;
  bool strict = false;
  bool json = false;
  std::string junit;
  TypedRegistryOptions registry;
};

VerifyOptions options_of(const Typed& typed, const CommonOptions& common,
                         const std::stop_token& stop) {
  VerifyOptions options;
  for (const std::string& input : typed.inputs) options.inputs.push_back(parse_input(input));
  options.expect = parse_platforms(typed.expect);
  options.depth = typed.shallow ? VerifyDepth::shallow : VerifyDepth::whole;
  options.strictness = typed.strict ? Strictness::warnings_are_errors : Strictness::as_found;
  options.jobs = common.threads();
  options.registry = parse_registry_options(typed.registry, stop);
  return options;
}

/// Why the command fails; nothing where it does not. What could not be looked at comes first.
std::optional<Error> failure_of(const Verification& verification, Console& console) {
  std::optional<Error> first;
  for (const VerifiedInput& input : verification.inputs) {
    if (!input.failure) continue;
    if (first) print_error(console, *first);
    first = input.failure;
  }
  if (first || verification.ok()) return first;
  return Error(Errc::conflict, "verify: expected nothing wrong, found " +
                                   std::to_string(verification.count(Severity::error)) +
                                   " error(s)");
}

void run(const Typed& typed, const CommonOptions& common, Console& console, Progress& progress,
         const std::stop_token& stop) {
  const VerifyOptions options = options_of(typed, common, stop);
  std::vector<std::string> inputs;
  for (const MergeInput& input : options.inputs) inputs.push_back(input.reference);
  check_report_file("--junit", typed.junit, inputs);
  const Verification verification = verify(options, progress, stop);
  if (!typed.junit.empty()) write_report_file(typed.junit, verification_junit(verification));
  console.out << (typed.json ? verification_json(verification) + "\n"
                             : verification_text(verification));
  console.out.flush();
  if (const auto failure = failure_of(verification, console)) throw Error(*failure);
}

}  // namespace

void add_verify(CLI::App& app, const CommonOptions& common, Action& action) {
  CLI::App* command = app.add_subcommand("verify", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("REF", typed->inputs, "[PLATFORM=]REF…")->required()->type_name("");
  command
      ->add_option("--expect", typed->expect,
                   "The platforms that each index must have, no more and no fewer; images "
                   "without an index have them together")
      ->type_name("LIST")
      ->allow_extra_args(false);  // or it would take the REFs behind it, too
  command->add_flag("--shallow", typed->shallow,
                    "Read documents only; of layers, that they are there, and their size");
  command->add_flag("--strict", typed->strict, "Take warnings for errors");
  command->add_flag("--json", typed->json, "Print one JSON document");
  command->add_option("--junit", typed->junit, "Also write a report for CI servers")
      ->type_name("FILE");
  add_registry_options(*command, typed->registry);
  act_with(typed, common, *command, action, run);
}

}  // namespace ocimux::cli
