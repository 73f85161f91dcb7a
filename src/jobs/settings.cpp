#include <ocimux/jobs/settings.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/jobs/inspect.hpp>

#include "spec/json.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// Sets are written as objects whose members are empty objects.
std::vector<std::string> set_member(const Json& object, std::string_view key) {
  std::vector<std::string> names;
  const Json* member = object.find(key);
  if (member == nullptr) return names;
  for (const auto& [name, unused] : member->as_object()) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

std::map<std::string, std::string> environment(const Json& settings) {
  std::map<std::string, std::string> env;
  for (const std::string& one : strings_member(settings, "Env")) {
    const std::size_t equals = std::min(one.find('='), one.size());
    env[one.substr(0, equals)] = one.substr(std::min(equals + 1, one.size()));
  }
  return env;
}

}  // namespace

RuntimeSettings read_settings(const std::string& reference, const std::optional<Platform>& platform,
                              Progress& progress, const std::stop_token& stop,
                              const RegistryOptions& registry) {
  const Json config = Json::parse(inspect_config(reference, platform, progress, stop, registry));
  const Json* found = config.find("config");
  if (found == nullptr) return {};
  return within(reference + ": config", [&] {
    const Json& settings = *found;
    return RuntimeSettings{strings_member(settings, "Entrypoint"),
                           strings_member(settings, "Cmd"),
                           environment(settings),
                           string_map_member(settings, "Labels"),
                           set_member(settings, "ExposedPorts"),
                           set_member(settings, "Volumes"),
                           string_member(settings, "User"),
                           string_member(settings, "WorkingDir"),
                           string_member(settings, "StopSignal")};
  });
}

}  // namespace ocimux
