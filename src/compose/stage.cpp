#include "compose/stage.hpp"

#include <ocimux/base/error.hpp>

#include "compose/healthcheck.hpp"
#include "compose/history_text.hpp"
#include "compose/ports.hpp"
#include "compose/stop_signal.hpp"
#include "compose/words.hpp"
#include "compose/working_directory.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// Far more than any Dockerfile needs; an end for those that double a variable line by line.
constexpr std::int64_t most_work = std::int64_t{64} << 20;

}  // namespace

Stage::Stage(ImageSettings& settings, std::string_view os, Reader reader, char escape)
    : settings_(settings), os_(os), reader_(reader), escape_(escape) {}

std::string Stage::apply(const Instruction& instruction) {
  const std::string& keyword = instruction.keyword;
  if (keyword == "CMD") return set_command(instruction);
  if (keyword == "ENTRYPOINT") return set_entrypoint(instruction);
  if (keyword == "ENV" || keyword == "LABEL") return set_pairs(instruction);
  if (keyword == "EXPOSE") return add_ports(instruction);
  if (keyword == "VOLUME") return add_volumes(instruction);
  if (keyword == "USER") return set_text(instruction, "User");
  if (keyword == "WORKDIR") return set_working_directory(instruction);
  if (keyword == "STOPSIGNAL") return set_stop_signal(instruction);
  if (keyword == "SHELL") return set_shell(instruction);
  if (keyword == "HEALTHCHECK") return set_healthcheck(instruction);
  if (keyword == "ONBUILD") return add_trigger(instruction);
  if (keyword == "MAINTAINER") return set_author(instruction);
  return "";
}

void Stage::declare(const Instruction& argument, const VariableValues& given,
                    const VariableValues& global) {
  for (const std::string& pair : argument.arguments) {
    const std::size_t equals = pair.find('=');
    const std::string name = pair.substr(0, equals);
    if (const auto said = given.find(name); said != given.end()) {
      arguments_[name] = said->second;
    } else if (equals != std::string::npos) {
      arguments_[name] = word(std::string_view(pair).substr(equals + 1));
    } else if (const auto value = global.find(name); value != global.end()) {
      arguments_[name] = value->second;
    }
  }
}

// Variables of ARG reach into the stages that are built on this one, behind those of ENV.
void Stage::follow() {
  command_set_ = false;
  for (const std::string& pair : settings_.environment()) {
    arguments_.erase(pair.substr(0, pair.find('=')));
  }
  settings_.forget_triggers();
  const std::string directory = settings_.text("WorkingDir");
  if (!directory.empty() && os_ == "windows") {
    settings_.set("WorkingDir", working_directory(directory, directory, os_));
  }
}

std::optional<std::string> Stage::variable(std::string_view name) {
  std::optional<std::string> value;
  if (const auto found = arguments_.find(name); found != arguments_.end()) {
    value = found->second;
  } else {
    value = settings_.variable(name);
  }
  if (!value) unset_.emplace(name);
  work_.count(value ? value->size() : 0);
  return value;
}

void VariableWork::count(std::size_t bytes) {
  bytes_ += static_cast<std::int64_t>(bytes);
  if (bytes_ > most_work) {
    throw Error(Errc::invalid_argument,
                "expected variables that grow to a few MiB at most, found more");
  }
}

std::string Stage::word(std::string_view text) {
  std::string made =
      expand(text, [this](std::string_view name) { return variable(name); }, {.escape = escape_});
  work_.count(made.size());
  return made;
}

void Stage::set(const char* key, Json value) {
  settings_.set(key, std::move(value));
  set_members_.insert(key);
}

// Text that is no array is a shell's.
std::vector<std::string> Stage::command(const Instruction& instruction) {
  if (instruction.is_array) return instruction.arguments;
  std::vector<std::string> words = settings_.texts("Shell");
  if (words.empty() && os_ == "windows") words = {"cmd", "/S", "/C"};
  if (words.empty()) words = {"/bin/sh", "-c"};
  words.push_back(instruction.arguments.front());
  for (const std::string& word : words) work_.count(word.size());
  return words;
}

std::string Stage::set_command(const Instruction& instruction) {
  const std::vector<std::string> words = command(instruction);
  set("Cmd", to_json(words));
  if (reader_ == Reader::build) {
    const Json escaped(true);
    settings_.set("ArgsEscaped", escaped);
    if (words.empty()) settings_.erase("Cmd");
  }
  command_set_ = true;
  return "CMD " + history_list(words);
}

std::string Stage::set_entrypoint(const Instruction& instruction) {
  const std::vector<std::string> words = command(instruction);
  set("Entrypoint", to_json(words));
  if (words.empty() && reader_ == Reader::build) settings_.erase("Entrypoint");
  if (!command_set_) settings_.erase("Cmd");
  return "ENTRYPOINT " + history_list(words);
}

// All values are as they were before the instruction.
Stage::Pairs Stage::pairs(const Instruction& instruction) {
  Pairs all;
  const std::vector<std::string>& words = instruction.arguments;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    std::string name = word(words[i]);
    all.emplace_back(std::move(name), word(words[i + 1]));
  }
  return all;
}

std::string Stage::set_pairs(const Instruction& instruction) {
  std::string history = instruction.keyword;
  const bool label = instruction.keyword == "LABEL";
  for (const auto& [name, value] : pairs(instruction)) {
    history.append(" ").append(name).append("=").append(value);
    if (label) {
      settings_.set_label(name, value);
    } else {
      settings_.set_variable(name, value);
      arguments_.erase(name);
    }
  }
  set_members_.insert(label ? "Labels" : "Env");
  return history;
}

std::string Stage::add_ports(const Instruction& instruction) {
  std::vector<std::string> words;
  for (const std::string& text : instruction.arguments) {
    for (std::string& port : expand_words(
             text, [this](std::string_view name) { return variable(name); }, {.escape = escape_})) {
      words.push_back(std::move(port));
    }
  }
  std::vector<std::string> ports = exposed_ports(words);
  for (const std::string& port : ports) {
    work_.count(port.size());
    settings_.add_port(port);
  }
  set_members_.insert("ExposedPorts");
  return "EXPOSE " + history_words(ports);
}

std::string Stage::add_volumes(const Instruction& instruction) {
  std::vector<std::string> paths;
  for (const std::string& text : instruction.arguments) paths.push_back(word(text));
  for (const std::string& path : paths) {
    if (path.empty()) throw Error(Errc::invalid_argument, "expected a path, found ''");
    settings_.add_volume(path);
  }
  set_members_.insert("Volumes");
  return "VOLUME " + history_words(paths);
}

std::string Stage::set_text(const Instruction& instruction, const char* key) {
  const std::string text = word(instruction.arguments.front());
  set(key, text);
  return instruction.keyword + " " + text;
}

std::string Stage::set_stop_signal(const Instruction& instruction) {
  const std::string text = word(instruction.arguments.front());
  if (!is_stop_signal(text)) {
    throw Error(Errc::invalid_argument,
                "expected a signal such as SIGTERM or 15, found '" + text + "'");
  }
  set("StopSignal", text);
  return "STOPSIGNAL " + text;
}

std::string Stage::set_shell(const Instruction& instruction) {
  set("Shell", to_json(instruction.arguments));
  return "SHELL " + history_words(instruction.arguments);
}

std::string Stage::set_healthcheck(const Instruction& instruction) {
  Healthcheck check = healthcheck(instruction);
  set("Healthcheck", std::move(check.member));
  return check.history;
}

// BuildKit writes no history of it.
std::string Stage::add_trigger(const Instruction& instruction) {
  settings_.add_trigger(instruction.arguments.front());
  set_members_.insert("OnBuild");
  return "";
}

std::string Stage::set_author(const Instruction& instruction) {
  author_ = instruction.arguments.front();
  return "MAINTAINER " + *author_;
}

std::string Stage::set_working_directory(const Instruction& instruction) {
  const std::string path = word(instruction.arguments.front());
  const std::string before = settings_.text("WorkingDir");
  std::string after = reader_ == Reader::import ? imported_working_directory(before, path, os_)
                                                : working_directory(before, path, os_);
  set("WorkingDir", after);
  if (os_ == "windows") std::replace(after.begin(), after.end(), '\\', '/');
  return "WORKDIR " + after;
}

}  // namespace ocimux
