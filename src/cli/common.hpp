#pragma once

#include <ocimux/base/progress.hpp>

#include "cli/run.hpp"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>
#include <string>

namespace ocimux::cli {

/// The options every command has.
struct CommonOptions {
  std::string progress = "auto";
  bool quiet = false;
  bool verbose = false;
  std::size_t jobs = 0;  ///< 0: as many as there are processors

  [[nodiscard]] std::size_t threads() const;
  /// At a time, for commands that mostly wait for a registry.
  [[nodiscard]] std::size_t connections() const;
};

void add_common_options(CLI::App& app, CommonOptions& options);

/// What a chosen command does: called once, after the whole line was read.
using Action = std::function<void(Console&, Progress&, const std::stop_token&)>;

/// Has @p run be what is done with what was @p typed, once @p command is the one that was chosen.
template <typename Typed>
void act_with(const std::shared_ptr<Typed>& typed, CLI::App& command, Action& action,
              void (*run)(const Typed&, Console&, Progress&, const std::stop_token&)) {
  command.callback([typed, run, &action] {
    action = [typed, run](Console& console, Progress& progress, const std::stop_token& stop) {
      run(*typed, console, progress, stop);
    };
  });
}

/// The same with the options every command has.
template <typename Typed>
void act_with(const std::shared_ptr<Typed>& typed, const CommonOptions& common, CLI::App& command,
              Action& action,
              void (*run)(const Typed&, const CommonOptions&, Console&, Progress&,
                          const std::stop_token&)) {
  command.callback([typed, &common, run, &action] {
    action = [typed, &common, run](Console& console, Progress& progress,
                                   const std::stop_token& stop) {
      run(*typed, common, console, progress, stop);
    };
  });
}

/// A command: adds itself to @p app, and sets @p action when it is the one that was chosen.
void add_merge(CLI::App& app, const CommonOptions& common, Action& action);
void add_inspect(CLI::App& app, const CommonOptions& common, Action& action);
void add_verify(CLI::App& app, const CommonOptions& common, Action& action);
void add_pull(CLI::App& app, const CommonOptions& common, Action& action);
void add_push(CLI::App& app, const CommonOptions& common, Action& action);
void add_match(CLI::App& app, const CommonOptions& common, Action& action);
void add_files(CLI::App& app, const CommonOptions& common, Action& action);
void add_cat(CLI::App& app, const CommonOptions& common, Action& action);
void add_diff(CLI::App& app, const CommonOptions& common, Action& action);
void add_add(CLI::App& app, const CommonOptions& common, Action& action);
void add_gc(CLI::App& app, const CommonOptions& common, Action& action);
void add_annotate(CLI::App& app, const CommonOptions& common, Action& action);
void add_rm(CLI::App& app, const CommonOptions& common, Action& action);
void add_tag(CLI::App& app, const CommonOptions& common, Action& action);
void add_untag(CLI::App& app, const CommonOptions& common, Action& action);
void add_ls(CLI::App& app, const CommonOptions& common, Action& action);
void add_login(CLI::App& app, Action& action);
void add_logout(CLI::App& app, Action& action);

/// Text with the bytes in a form for people: `118.2 MB`.
std::string human_bytes(std::int64_t bytes);

}  // namespace ocimux::cli
