#include "compose/dockerfile.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/image_name.hpp>

#include "compose/dockerfile_lines.hpp"
#include "compose/words.hpp"
#include "spec/letter_case.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace ocimux {
namespace {

constexpr std::string_view default_path =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Error malformed(const std::string& expected, std::string_view found) {
  return {Errc::invalid_argument, "expected " + expected + ", found '" + std::string(found) + "'"};
}

// The bodies of heredocs belong to a trigger's text.
Instruction parse_line(const DockerfileLine& line, char escape) {
  Instruction parsed = parse_instruction(line.text, escape);
  parsed.line = line.number;
  if (parsed.keyword == "ONBUILD") {
    for (const auto& [name, body] : line.heredocs) {
      parsed.arguments.front().append("\n").append(body).append(name);
    }
  }
  return parsed;
}

// What every Dockerfile may ask for: `ARG TARGETARCH`. There is one platform here, that of the
// image; where the build ran is not known.
VariableValues platform_arguments(const Platform& platform) {
  Platform plain = platform;
  plain.os_version.clear();
  plain.os_features.clear();
  VariableValues values{{"TARGETSTAGE", "default"}};
  for (const std::string side : {"BUILD", "TARGET"}) {
    values[side + "PLATFORM"] = plain.string();
    values[side + "OS"] = platform.os;
    values[side + "OSVERSION"] = "";
    values[side + "ARCH"] = platform.architecture;
    values[side + "VARIANT"] = platform.variant;
  }
  return values;
}

// Both must outlive what is answered.
Variables counted(const VariableValues& values, VariableWork& work) {
  return [&](std::string_view name) -> std::optional<std::string> {
    const auto found = values.find(name);
    if (found == values.end()) return std::nullopt;
    work.count(found->second.size());
    return found->second;
  };
}

// As a registry takes it: `host/path:tag@digest`, the path without capital letters.
void require_image_name(const std::string& name) {
  std::string path = normalized_image_name(name.substr(0, name.find('@')));
  path.erase(0, path.find('/') + 1);
  path.erase(std::min(path.rfind(':'), path.size()));
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789._-/";
  if (!path.empty() && !path.ends_with('/') && path.find_first_not_of(allowed) == std::string::npos)
    return;
  throw malformed("the name of an image or of a stage above", name)
      .hinting("names of images, and those of stages where they are used, have no capital letters");
}

// Where it is not Windows, which has its own.
void require_path(ImageSettings& settings, std::string_view os) {
  if (os != "windows" && !settings.variable("PATH")) {
    settings.set_variable("PATH", std::string(default_path));
  }
}

}  // namespace

Dockerfile Dockerfile::parse(std::string_view text, std::string_view name) {
  Dockerfile file;
  file.name_ = name;
  const DockerfileLines all = read_dockerfile_lines(text, name);
  file.escape_ = all.escape;
  for (const DockerfileLine& line : all.lines) {
    within(dockerfile_place(name, line.number), [&] { file.add(parse_line(line, all.escape)); });
  }
  if (file.stages_.empty()) {
    throw Error(Errc::invalid_argument,
                std::string(name) + ": expected a Dockerfile with a stage, found no FROM");
  }
  return file;
}

void Dockerfile::add(Instruction instruction) {
  if (instruction.keyword == "FROM") {
    stages_.push_back({std::move(instruction)});
  } else if (!stages_.empty()) {
    stages_.back().instructions.push_back(std::move(instruction));
  } else if (instruction.keyword == "ARG") {
    arguments_.push_back(std::move(instruction));
  } else {
    throw malformed("ARG or FROM before the first stage", instruction.keyword);
  }
}

VariableValues Dockerfile::global_arguments(const Platform& platform,
                                            const VariableValues& given) const {
  VariableValues values = platform_arguments(platform);
  const std::vector<std::string>& last = stages_.back().from.arguments;
  if (last.size() > 1) values["TARGETSTAGE"] = last[1];
  for (auto& [name, value] : values) {
    if (const auto said = given.find(name); said != given.end()) value = said->second;
  }
  VariableWork work;
  const Variables variables = counted(values, work);
  for (const Instruction& argument : arguments_) {
    within(dockerfile_place(name_, argument.line) + ": ARG", [&] {
      for (const std::string& pair : argument.arguments) {
        const std::size_t equals = pair.find('=');
        const std::string name = pair.substr(0, equals);
        if (const auto said = given.find(name); said != given.end()) {
          values[name] = said->second;
        } else if (equals != std::string::npos) {
          values[name] =
              expand(std::string_view(pair).substr(equals + 1), variables, {.escape = escape_});
        }
      }
    });
  }
  return values;
}

std::vector<std::string> Dockerfile::bases(const VariableValues& global) const {
  VariableWork work;
  const Variables variables = counted(global, work);
  std::vector<std::string> all;
  for (const BuildStage& stage : stages_) {
    within(dockerfile_place(name_, stage.from.line) + ": FROM", [&] {
      const std::string& written = stage.from.arguments.front();
      all.push_back(expand(written, variables, {.escape = escape_}));
      if (all.back().empty()) {
        throw malformed("the name of an image or a stage", written)
            .hinting("an ARG in front of the first FROM, or --build-arg, gives a value");
      }
      const auto platform = stage.from.flag("platform");
      if (platform && expand(*platform, variables, {.escape = escape_}).empty()) {
        throw malformed("a platform", *platform);
      }
    });
  }
  return all;
}

Dockerfile::Chain Dockerfile::chain(const VariableValues& global) const {
  const std::vector<std::string> all = bases(global);
  std::map<std::string, std::size_t> named;
  std::vector<std::size_t> parents;  // stages_.size() for those that begin with an image
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const auto parent = named.find(all[i]);
    parents.push_back(parent == named.end() ? stages_.size() : parent->second);
    if (parent == named.end()) {
      within(dockerfile_place(name_, stages_[i].from.line) + ": FROM",
             [&] { require_image_name(all[i]); });
    }
    // Of two stages with one name the later one has it from then on.
    const std::vector<std::string>& words = stages_[i].from.arguments;
    if (words.size() > 1) named[words[1]] = i;
  }
  Chain chain;
  for (std::size_t i = stages_.size() - 1; i < stages_.size(); i = parents[i]) {
    chain.stages.push_back(&stages_[i]);
    chain.base = all[i];
  }
  std::reverse(chain.stages.begin(), chain.stages.end());
  if (chain.base == "scratch") chain.base.clear();
  return chain;
}

// ONBUILD of what a stage is built on: it comes first in the stage.
std::vector<Instruction> Dockerfile::triggers(const std::vector<std::string>& texts,
                                              int line) const {
  std::vector<Instruction> all;
  for (const std::string& text : texts) {
    within(dockerfile_place(name_, line) + ": ONBUILD", [&] {
      const DockerfileLines lines = read_dockerfile_lines(text, "its instruction");
      if (lines.lines.size() != 1) throw malformed("one instruction", text);
      all.push_back(parse_line(lines.lines.front(), lines.escape));
      all.back().line = line;
    });
  }
  return all;
}

DockerfileOutcome Dockerfile::apply(Json& config, const Platform& platform,
                                    const VariableValues& given) const {
  const VariableValues global = global_arguments(platform, given);
  const Chain chain = this->chain(global);
  DockerfileOutcome outcome{{}, chain.base, {}, {}};
  ImageSettings settings(config);
  Stage state(settings, platform.os, Stage::Reader::build, escape_);
  const auto apply = [&](const Instruction& instruction) {
    within(dockerfile_place(name_, instruction.line) + ": " + instruction.keyword, [&] {
      if (instruction.keyword == "ARG") return state.declare(instruction, given, global);
      std::string history = state.apply(instruction);
      if (!history.empty()) outcome.instructions.push_back(std::move(history));
    });
  };
  for (const BuildStage* stage : chain.stages) {
    const auto first = triggers(settings.triggers(), stage->from.line);
    state.follow();
    require_path(settings, platform.os);
    std::for_each(first.begin(), first.end(), apply);
    std::for_each(stage->instructions.begin(), stage->instructions.end(), apply);
  }
  settings.store(config);
  if (state.author()) config.set("author", *state.author());
  outcome.members = state.set_members();
  outcome.unset_variables = state.unset_variables();
  return outcome;
}

std::set<std::string> Dockerfile::arguments() const {
  std::set<std::string> names;
  const auto add_names = [&](const Instruction& instruction) {
    if (instruction.keyword != "ARG") return;
    for (const std::string& pair : instruction.arguments)
      names.insert(pair.substr(0, pair.find('=')));
  };
  std::for_each(arguments_.begin(), arguments_.end(), add_names);
  for (const BuildStage& stage : stages_) {
    std::for_each(stage.instructions.begin(), stage.instructions.end(), add_names);
  }
  return names;
}

bool is_predefined_argument(std::string_view name) {
  static constexpr std::array<std::string_view, 5> proxies{"http_proxy", "https_proxy", "ftp_proxy",
                                                           "no_proxy", "all_proxy"};
  return std::find(proxies.begin(), proxies.end(), lower(name)) != proxies.end() ||
         name.starts_with("BUILDKIT_") || name == "SOURCE_DATE_EPOCH" ||
         platform_arguments({}).contains(name);
}

}  // namespace ocimux
