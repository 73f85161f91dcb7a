#include "cli/run.hpp"

#include <ocimux/base/error.hpp>

#include "cli/common.hpp"
#include "cli/exit_code.hpp"
#include "cli/progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <new>
#include <ostream>
#include <thread>

namespace ocimux::cli {
namespace {

constexpr const char* description =
    "Builds multi-arch container images without a registry: merges per-platform tarballs\n"
    "into one OCI layout with an annotated index.";

constexpr const char* footer =
    "Example:\n"
    "  ocimux merge _output/velero-main-*.tar -t velero/velero:main -o layout\n"
    "  ocimux inspect layout\n"
    "\nocimux COMMAND --help says more about a command.";

void set_up(CLI::App& app) {
  app.footer(footer);
  app.set_version_flag("--version", std::string("ocimux ") + OCIMUX_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(36);
}

// CLI11 throws for --help and --version, too.
int parse(CLI::App& app, std::vector<std::string> arguments, Console& console) {
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  try {
    app.parse(arguments);
    return -1;
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, console.out, console.err);
    const auto chosen = app.get_subcommands();
    const std::string name = chosen.empty() ? "" : chosen.front()->get_name();
    const Error wrong(
        Errc::invalid_argument, error.what(),
        "ocimux " + name + (name.empty() ? "" : " ") + "--help shows what is expected");
    print_error(console, wrong.within(name.empty() ? "command line" : name));
    return exit_usage;
  }
}

int act(const Action& action, Console& console, Progress& progress, const std::stop_token& stop) {
  try {
    action(console, progress, stop);
    return console.status;
  } catch (const Error& error) {
    print_error(console, error);
    return exit_code(error.code());
  } catch (const std::bad_alloc&) {
    print_error(console, Error(Errc::io, "expected more memory, found none left"));
  } catch (const std::exception& error) {
    print_error(console, Error(Errc::io, error.what()));
  }
  return exit_failed;
}

}  // namespace

int run(const std::vector<std::string>& arguments, Console& console, const std::stop_token& stop) {
  CLI::App app(description, "ocimux");
  set_up(app);
  CommonOptions common;
  Action action;
  add_common_options(app, common);
  add_merge(app, common, action);
  add_inspect(app, common, action);
  add_verify(app, common, action);
  add_match(app, common, action);
  add_push(app, common, action);
  add_pull(app, common, action);
  add_files(app, common, action);
  add_cat(app, common, action);
  add_diff(app, common, action);
  add_ls(app, common, action);
  add_tag(app, common, action);
  add_untag(app, common, action);
  add_annotate(app, common, action);
  add_add(app, common, action);
  add_rm(app, common, action);
  add_gc(app, common, action);
  add_login(app, action);
  add_logout(app, action);
  for (CLI::App* command : app.get_subcommands({})) add_common_options(*command, common);

  if (const int code = parse(app, arguments, console); code >= 0) return code;
  const auto progress = make_progress(common.progress, common.quiet, common.verbose, console);
  return act(action, console, *progress, stop);
}

std::size_t CommonOptions::threads() const {
  return jobs != 0 ? jobs : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

std::size_t CommonOptions::connections() const {
  constexpr std::size_t usual = 16;
  return jobs != 0 ? jobs : usual;
}

void add_common_options(CLI::App& app, CommonOptions& options) {
  const char* const group = "Common options";
  app.add_option("-j,--jobs", options.jobs,
                 "Threads (default: the processors), for push and pull connections (default: 16); "
                 "never changes bytes")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->group(group);
  app.add_option("--progress", options.progress, "auto, tty, plain, json or none")
      ->type_name("FORM")
      ->check(CLI::IsMember({"auto", "tty", "plain", "json", "none"}))
      ->group(group);
  app.add_flag("-q,--quiet", options.quiet, "Print errors and results only")->group(group);
  app.add_flag("-v,--verbose", options.verbose, "Say each step")->group(group);
}

std::string human_bytes(std::int64_t bytes) {
  constexpr std::array<const char*, 6> units{"B", "kB", "MB", "GB", "TB", "PB"};
  constexpr double step = 1000;
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= step && unit + 1 < units.size()) {
    value /= step;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value,  // NOLINT
                units[unit]);
  return text.data();
}

}  // namespace ocimux::cli
