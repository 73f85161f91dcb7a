#include "compose/instruction.hpp"

#include <ocimux/base/error.hpp>

#include "compose/ports.hpp"
#include "compose/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <map>

namespace ocimux {
namespace {

constexpr std::array<std::string_view, 13> keywords{
    "CMD",     "ENTRYPOINT", "ENV",        "EXPOSE", "HEALTHCHECK", "LABEL",  "MAINTAINER",
    "ONBUILD", "SHELL",      "STOPSIGNAL", "USER",   "VOLUME",      "WORKDIR"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

Error malformed(const std::string& expected, std::string_view found) {
  return {Errc::invalid_argument, "expected " + expected + ", found '" + std::string(found) + "'"};
}

// Docker takes text that begins like an array, but is none, for a shell's command.
std::optional<Json> json_form(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  try {
    Json array = Json::parse(text);
    for (const Json& item : array.as_array()) static_cast<void>(item.as_string());
    return array;
  } catch (const Error&) {
    return std::nullopt;
  }
}

// `/app/../lib/` is `/lib`.
std::string shortest(const std::string& path) {
  std::string text = std::filesystem::path(path).lexically_normal().string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::int64_t nanoseconds(const std::string& text) {
  constexpr std::int64_t second = 1'000'000'000;
  constexpr double longest = 9e18;  // a few nanoseconds more do not fit
  constexpr std::string_view digits_and_dot = "0123456789.";
  static const std::map<std::string, std::int64_t> units{{"ns", 1},          {"us", 1'000},
                                                         {"ms", 1'000'000},  {"s", second},
                                                         {"m", 60 * second}, {"h", 3600 * second}};
  const auto no_duration = [&] { return malformed("a duration such as 30s or 1m30s", text); };
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t digits = std::min(rest.find_first_not_of(digits_and_dot), rest.size());
    double value = 0;
    const auto [end, failure] =
        std::from_chars(rest.data(), rest.data() + digits, value, std::chars_format::fixed);
    if (failure != std::errc() || end != rest.data() + digits) throw no_duration();
    rest.remove_prefix(digits);
    const std::size_t length = std::min(rest.find_first_of(digits_and_dot), rest.size());
    const auto unit = units.find(std::string(rest.substr(0, length)));
    if (unit == units.end()) throw no_duration();
    total += value * static_cast<double>(unit->second);
    rest.remove_prefix(length);
  }
  if (total > longest) throw no_duration();
  return std::llround(total);
}

}  // namespace

void Instructions::apply(std::string_view instruction) {
  const std::string_view text = trimmed(instruction);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string keyword = upper(text.substr(0, end));
  if (std::find(keywords.begin(), keywords.end(), keyword) == keywords.end()) {
    throw Error(Errc::invalid_argument,
                "expected a Dockerfile instruction that needs no build, found '" +
                    std::string(text.substr(0, end)) + "'",
                "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, MAINTAINER, ONBUILD, SHELL, "
                "STOPSIGNAL, USER, VOLUME and WORKDIR can be applied");
  }
  within(keyword, [&] {
    const std::string_view rest = trimmed(text.substr(end));
    if (rest.empty()) throw malformed("a value", rest);
    apply(keyword, rest);
  });
}

void Instructions::apply(const std::string& keyword, std::string_view rest) {
  const Variables variables = [this](std::string_view name) { return variable(name); };
  if (keyword == "CMD") {
    set_command("Cmd", rest);
    command_set_ = true;
  } else if (keyword == "ENTRYPOINT") {
    set_command("Entrypoint", rest);
    if (!command_set_) settings().erase("Cmd");
  } else if (keyword == "ENV" || keyword == "LABEL") {
    set_pairs(keyword, rest);
  } else if (keyword == "EXPOSE") {
    add_keys("ExposedPorts", exposed_ports(split_words(rest, variables)));
  } else if (keyword == "VOLUME") {
    add_keys("Volumes", volumes(rest));
  } else if (keyword == "USER") {
    settings().set("User", expand(rest, variables));
  } else if (keyword == "WORKDIR") {
    set_working_directory(expand(rest, variables));
  } else if (keyword == "STOPSIGNAL") {
    settings().set("StopSignal", expand(rest, variables));
  } else if (keyword == "SHELL") {
    const auto array = json_form(rest);
    if (!array || array->as_array().empty()) throw malformed(R"(["program", "argument", …])", rest);
    settings().set("Shell", *array);
  } else if (keyword == "HEALTHCHECK") {
    set_healthcheck(rest);
  } else if (keyword == "ONBUILD") {
    add_trigger(rest);
  } else {
    config_.set("author", rest);
  }
}

Json& Instructions::settings() {
  if (config_.find("config") == nullptr) config_.set("config", Json::object());
  for (auto& [key, value] : config_.as_object()) {
    if (key == "config") return value;
  }
  throw Error(Errc::corrupt, "config: expected an object");
}

std::optional<std::string> Instructions::variable(std::string_view name) {
  for (const std::string& pair : strings_member(settings(), "Env")) {
    const std::size_t equals = pair.find('=');
    if (std::string_view(pair).substr(0, equals) == name) return pair.substr(equals + 1);
  }
  return std::nullopt;
}

Json Instructions::command(std::string_view text) {
  if (auto array = json_form(text)) return *array;
  std::vector<std::string> words = strings_member(settings(), "Shell");
  if (words.empty() && os_ == "windows") words = {"cmd", "/S", "/C"};
  if (words.empty()) words = {"/bin/sh", "-c"};
  words.emplace_back(text);
  return to_json(words);
}

void Instructions::set_command(std::string_view key, std::string_view rest) {
  settings().set(key, command(rest));
}

void Instructions::set_pairs(const std::string& keyword, std::string_view rest) {
  const Variables variables = [this](std::string_view name) { return variable(name); };
  const std::vector<std::string> words = split_words(rest, variables);
  std::vector<std::string> pairs = words;
  if (words.front().find('=') == std::string::npos) {
    // The old form: a name, and all the rest as its value.
    const std::size_t blank = rest.find_first_of(" \t");
    if (blank == std::string_view::npos) throw malformed("NAME=VALUE", rest);
    pairs = {std::string(rest.substr(0, blank)) + "=" +
             expand(trimmed(rest.substr(blank)), variables)};
  }
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0) throw malformed("NAME=VALUE", pair);
    if (keyword == "LABEL") {
      auto labels = string_map_member(settings(), "Labels");
      labels[pair.substr(0, equals)] = pair.substr(equals + 1);
      settings().set("Labels", to_json(labels));
      continue;
    }
    std::vector<std::string> environment = strings_member(settings(), "Env");
    const auto same = std::find_if(environment.begin(), environment.end(), [&](const auto& old) {
      return old.starts_with(pair.substr(0, equals + 1));
    });
    same == environment.end() ? environment.push_back(pair) : void(*same = pair);
    settings().set("Env", to_json(environment));
  }
}

// The config keeps these as the keys of an object with empty values.
void Instructions::add_keys(std::string_view key, const std::vector<std::string>& names) {
  std::map<std::string, Json> all;
  if (const Json* old = settings().find(key)) {
    for (const auto& [name, value] : old->as_object()) all[name] = value;
  }
  for (const std::string& name : names) all[name] = Json::object();
  settings().set(key, Json::Object(all.begin(), all.end()));
}

std::vector<std::string> Instructions::volumes(std::string_view rest) {
  const Variables variables = [this](std::string_view name) { return variable(name); };
  const auto array = json_form(rest);
  if (!array) return split_words(rest, variables);
  std::vector<std::string> names;
  for (const Json& name : array->as_array()) names.push_back(expand(name.as_string(), variables));
  return names;
}

void Instructions::add_trigger(std::string_view rest) {
  const std::string keyword = upper(rest.substr(0, rest.find_first_of(" \t")));
  if (keyword == "ONBUILD" || keyword == "FROM" || keyword == "MAINTAINER") {
    throw malformed("an instruction that Docker allows there", keyword);
  }
  std::vector<std::string> all = strings_member(settings(), "OnBuild");
  all.emplace_back(rest);
  settings().set("OnBuild", to_json(all));
}

void Instructions::set_working_directory(const std::string& path) {
  const bool windows = os_ == "windows";
  const bool absolute =
      path.starts_with('/') ||
      (windows && (path.starts_with('\\') || (path.size() > 1 && path[1] == ':')));
  std::string directory = string_member(settings(), "WorkingDir");
  if (absolute) {
    directory = path;
  } else {
    if (!directory.ends_with('/') && !directory.ends_with('\\')) directory += windows ? '\\' : '/';
    directory += path;
  }
  settings().set("WorkingDir", windows ? directory : shortest(directory));
}

void Instructions::set_healthcheck(std::string_view rest) {
  static const std::map<std::string, std::string> durations{{"interval", "Interval"},
                                                            {"timeout", "Timeout"},
                                                            {"start-period", "StartPeriod"},
                                                            {"start-interval", "StartInterval"}};
  Json check = Json::object();
  while (rest.starts_with("--")) {
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    const std::string option(rest.substr(2, end - 2));
    rest = trimmed(rest.substr(end));
    const std::string name = option.substr(0, option.find('='));
    const std::string value = option.substr(std::min(name.size() + 1, option.size()));
    if (const auto duration = durations.find(name); duration != durations.end()) {
      check.set(duration->second, nanoseconds(value));
    } else if (name == "retries" && !value.empty() &&
               value.find_first_not_of("0123456789") == std::string::npos && value.size() < 10) {
      check.set("Retries", std::int64_t{std::stoi(value)});
    } else {
      throw malformed("--interval, --timeout, --start-period, --start-interval or --retries",
                      "--" + option);
    }
  }
  const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string kind = upper(rest.substr(0, end));
  const std::string_view what = trimmed(rest.substr(end));
  if (kind == "NONE" && what.empty()) {
    check = Json::object();
    check.set("Test", Json::Array{"NONE"});
  } else if (const auto array = json_form(what);
             kind == "CMD" && !what.empty() && !(array && array->as_array().empty())) {
    Json::Array test{"CMD-SHELL", std::string(what)};
    if (array) {
      test = array->as_array();
      test.insert(test.begin(), "CMD");
    }
    check.set("Test", std::move(test));
  } else {
    throw malformed("CMD and a command, or NONE", rest);
  }
  settings().set("Healthcheck", std::move(check));
}

}  // namespace ocimux
