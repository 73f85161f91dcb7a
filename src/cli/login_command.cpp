#include <ocimux/base/error.hpp>
#include <ocimux/jobs/login.hpp>

#include "cli/common.hpp"
#include "cli/registry_options.hpp"
#include "cli/secret.hpp"

#include <unistd.h>

#include <memory>
#include <ostream>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Asks a registry whether it takes a user and a password, and keeps them where docker, podman\n"
    "and ocimux find them: with the credential helper that is configured, else in a file.";

constexpr const char* footer =
    "HOST is HOST[:PORT] as in references; without it Docker Hub. The file is --authfile, else\n"
    "$REGISTRY_AUTH_FILE, else docker's config.json.\n"
    "\nExamples:\n"
    "  ocimux login registry.example.com -u velero\n"
    "  ocimux login registry.example.com -u velero --password-stdin < token";

struct Typed {
  std::string registry;
  std::string user;
  std::string password;
  bool password_stdin = false;
  TypedRegistryOptions connection;
};

Error no_terminal(const char* what, const char* option) {
  return {Errc::invalid_argument,
          std::string("login: expected a terminal to ask for the ") + what + " on, found none",
          std::string(option) + " gives it"};
}

std::string user_of(const Typed& typed, Console& console, const std::stop_token& stop) {
  if (!typed.user.empty()) return typed.user;
  if (typed.password_stdin || ::isatty(STDIN_FILENO) == 0) {
    throw no_terminal("user's name", "-u USER");
  }
  return ask_line(console.err, "User: ", STDIN_FILENO, stop);
}

std::string password_of(const Typed& typed, Console& console, Progress& progress,
                        const std::stop_token& stop) {
  if (typed.password_stdin) return read_password(STDIN_FILENO, stop);
  if (!typed.password.empty()) {
    progress.warn("others on this machine can see a command line; --password-stdin is not seen");
    return typed.password;
  }
  if (::isatty(STDIN_FILENO) == 0) throw no_terminal("password", "--password-stdin");
  return ask_password(console.err, "Password: ", STDIN_FILENO, stop);
}

void run(const Typed& typed, Console& console, Progress& progress, const std::stop_token& stop) {
  LoginOptions options;
  options.registry = typed.registry;
  options.connection = parse_registry_options(typed.connection, stop);
  options.user = user_of(typed, console, stop);
  options.password = password_of(typed, console, progress, stop);
  const LoginResult result = login(options, progress, stop);
  console.out << "logged in to " << result.registry << "; the credentials are in " << result.kept_in
              << (result.encrypted ? "\n" : ", readable for its owner\n");
}

}  // namespace

void add_login(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("login", description);
  const auto typed = std::make_shared<Typed>();
  command->footer(footer);
  command->add_option("HOST", typed->registry, "HOST[:PORT] of the registry")->type_name("");
  command->add_option("-u,--username", typed->user, "The user's name")->type_name("USER");
  CLI::Option* password =
      command->add_option("-p,--password", typed->password, "The password, for all to see")
          ->type_name("PASS");
  command
      ->add_flag("--password-stdin", typed->password_stdin, "Read the password from standard input")
      ->excludes(password);
  add_connection_options(*command, typed->connection);
  act_with(typed, *command, action, run);
}

}  // namespace ocimux::cli
