#include "compose/image_settings.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// The config keeps these as the keys of an object with empty values.
std::set<std::string> keys_member(const Json& settings, std::string_view key) {
  std::set<std::string> keys;
  if (const Json* old = settings.find(key)) {
    for (const auto& [name, value] : old->as_object()) keys.insert(name);
  }
  return keys;
}

Json to_keys(const std::set<std::string>& keys) {
  Json::Object object;
  for (const std::string& key : keys) object.emplace_back(key, Json::object());
  return object;
}

// A member that was not there appears only with something in it.
template <typename T>
void put(Json& settings, std::string_view key, const T& all, Json value) {
  if (!all.empty() || settings.find(key) != nullptr) settings.set(key, std::move(value));
}

}  // namespace

ImageSettings::ImageSettings(const Json& config) : rest_(Json::object()) {
  if (const Json* settings = config.find("config")) rest_ = *settings;
  static_cast<void>(rest_.as_object());
  for (std::string& pair : strings_member(rest_, "Env")) {
    places_.emplace(pair.substr(0, pair.find('=')), environment_.size());
    environment_.push_back(std::move(pair));
  }
  labels_ = string_map_member(rest_, "Labels");
  ports_ = keys_member(rest_, "ExposedPorts");
  volumes_ = keys_member(rest_, "Volumes");
  triggers_ = strings_member(rest_, "OnBuild");
}

void ImageSettings::store(Json& config) const {
  Json settings = rest_;
  put(settings, "Env", environment_, to_json(environment_));
  put(settings, "Labels", labels_, to_json(labels_));
  put(settings, "ExposedPorts", ports_, to_keys(ports_));
  put(settings, "Volumes", volumes_, to_keys(volumes_));
  if (triggers_.empty()) settings.erase("OnBuild");
  put(settings, "OnBuild", triggers_, to_json(triggers_));
  config.set("config", std::move(settings));
}

std::optional<std::string> ImageSettings::variable(std::string_view name) const {
  const auto place = places_.find(name);
  if (place == places_.end()) return std::nullopt;
  const std::string& pair = environment_[place->second];
  return pair.substr(std::min(pair.find('=') + 1, pair.size()));
}

void ImageSettings::set_variable(const std::string& name, const std::string& value) {
  const auto [place, is_new] = places_.emplace(name, environment_.size());
  if (is_new) environment_.emplace_back();
  environment_[place->second] = name + "=" + value;
}

}  // namespace ocimux
