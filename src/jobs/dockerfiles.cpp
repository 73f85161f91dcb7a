#include "jobs/dockerfiles.hpp"

#include <ocimux/base/error.hpp>

#include "io/file.hpp"
#include "io/memory.hpp"

#include <array>
#include <set>
#include <utility>

namespace ocimux {
namespace {

constexpr std::size_t largest_dockerfile = std::size_t{1} << 20;  // they have a few KiB

Dockerfile read_dockerfile(const std::string& path) {
  if (path == "-") {
    throw Error(Errc::invalid_argument,
                "--dockerfile: expected a file, found -: standard input is not read",
                "--dockerfile <(command) works in bash");
  }
  const std::string text = within(path, [&] {
    const File file = File::open(path);
    std::string all;
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    while (const std::size_t count = file.read_next(buffer)) {
      all += as_text(Bytes(buffer).first(count));
      if (all.size() > largest_dockerfile) {
        throw Error(Errc::invalid_argument, "expected a Dockerfile of at most 1 MiB, found more");
      }
    }
    return all;
  });
  return Dockerfile::parse(text, path);
}

std::string listed(const std::vector<std::string>& words, const std::string& last) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += i == 0 ? "" : i + 1 == words.size() ? " " + last + " " : ", ";
    text += words[i];
  }
  return text;
}

// A member that the Dockerfile sets whole hides what the image has there; of a list the image may
// have more.
constexpr std::array<std::pair<std::string_view, std::string_view>, 10> said_of{
    {{"Env", "environment"},
     {"User", "user"},
     {"Entrypoint", "entrypoint"},
     {"Cmd", "command"},
     {"WorkingDir", "working directory"},
     {"Labels", "labels"},
     {"ExposedPorts", "ports"},
     {"Volumes", "volumes"},
     {"StopSignal", "stop signal"},
     {"Healthcheck", "health check"}}};

bool is_list(std::string_view member) {
  return member == "Env" || member == "Labels" || member == "ExposedPorts" || member == "Volumes";
}

std::string unknown_settings(const DockerfileOutcome& outcome) {
  std::vector<std::string> set;
  std::vector<std::string> missing;
  for (const auto& [member, words] : said_of) {
    const bool here = outcome.members.contains(std::string(member));
    if (here) set.emplace_back(words);
    if (!here || is_list(member)) missing.emplace_back((here ? "more " : "") + std::string(words));
  }
  std::string text = "FROM " + outcome.base + ": its settings are not known; ";
  text += set.empty() ? "nothing comes from the Dockerfile"
                      : listed(set, "and") + " come from the Dockerfile";
  text += ", " + listed(missing, "or") + " may be missing";
  if (!outcome.unset_variables.empty()) {
    std::vector<std::string> names;
    for (const std::string& name : outcome.unset_variables) names.push_back("$" + name);
    text += "; " + listed(names, "and") + ", not set in the Dockerfile, may come from there";
  }
  return text + "; --base or --config-from gives them";
}

}  // namespace

Dockerfiles::Dockerfiles(const MergeOptions& options, Progress& progress) {
  if (!options.build_args.empty() && options.dockerfiles.empty()) {
    throw Error(Errc::invalid_argument, "--build-arg: expected --dockerfile, found none");
  }
  std::set<std::string> declared;
  for (const auto& [selector, path] : options.dockerfiles) {
    files_.push_back({selector, read_dockerfile(path)});
    declared.merge(files_.back().value.arguments());
  }
  std::vector<std::string> unused;
  for (const auto& [name, value] : options.build_args) {
    const bool is_new = arguments_.insert_or_assign(name, value).second;
    if (is_new && !declared.contains(name) && !is_predefined_argument(name)) unused.push_back(name);
  }
  if (unused.empty()) return;
  progress.warn("--build-arg: expected the Dockerfile to have ARG " + listed(unused, "and") +
                ", found none");
}

std::vector<std::string> Dockerfiles::apply(Json& config, const Platform& platform,
                                            BaseSettings base, Progress& progress) const {
  const auto files = values_for(platform, files_);
  if (files.empty()) return {};
  DockerfileOutcome outcome = files.back().apply(config, platform, arguments_);
  if (base == BaseSettings::unknown && !outcome.base.empty()) {
    progress.note(unknown_settings(outcome));
  }
  return std::move(outcome.instructions);
}

}  // namespace ocimux
