#include <ocimux/base/error.hpp>
#include <ocimux/jobs/login.hpp>

#include "cli/common.hpp"

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Removes what is kept for a registry, by whomever, from the files of docker and podman where\n"
    "credentials are looked up, and from the credential helpers that they name.";

constexpr const char* footer =
    "HOST is HOST[:PORT] as in references; without it Docker Hub. Exit status 4: there was none.\n"
    "\nExamples:\n"
    "  ocimux logout registry.example.com\n"
    "  ocimux logout --all --authfile auth.json";

void run(const LogoutOptions& options, Console& console, Progress& progress,
         const std::stop_token& stop) {
  for (const RemovedCredentials& one : logout(options, progress, stop)) {
    console.out << "removed the credentials for " << one.registry << " from " << one.from << '\n';
  }
}

}  // namespace

void add_logout(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("logout", description);
  const auto options = std::make_shared<LogoutOptions>();
  command->footer(footer);
  CLI::Option* host =
      command->add_option("HOST", options->registry, "HOST[:PORT] of the registry")->type_name("");
  command->add_flag("-a,--all", options->all, "Of every registry")->excludes(host);
  command->add_option("--authfile", options->auth_file, "Only from this file")->type_name("FILE");
  act_with(options, *command, action, run);
}

}  // namespace ocimux::cli
