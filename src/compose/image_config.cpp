#include "compose/image_config.hpp"

#include <ocimux/base/error.hpp>

#include "spec/rfc3339.hpp"

#include <algorithm>
#include <array>

namespace ocimux {
namespace {

constexpr std::string_view default_path =
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// In the order of Go's struct, which is how these documents mostly look.
constexpr std::array<std::string_view, 10> order{
    "created",     "author",  "architecture", "os",     "os.version",
    "os.features", "variant", "config",       "rootfs", "history"};

void set_or_erase(Json& json, std::string_view key, const std::string& value) {
  value.empty() ? json.erase(key) : json.set(key, value);
}

Json layer_entry(const char* comment) {
  Json layer = Json::object();
  layer.set("comment", comment);
  return layer;
}

// As many entries with a layer as there are layers, or readers complain (config.md).
Json::Array history_of_base(const Json& config, std::size_t layers) {
  Json::Array all = array_member(config, "history");
  const auto said =
      static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Json& entry) {
        const Json* empty = entry.find("empty_layer");
        const bool* flag = empty == nullptr ? nullptr : std::get_if<bool>(&empty->value());
        return flag == nullptr || !*flag;
      }));
  for (std::size_t i = said; i < layers; ++i) all.push_back(layer_entry("layer of the base image"));
  return all;
}

Json history(const Json& config, const RootfsConfig& rootfs, const std::string& created) {
  Json::Array all;
  if (rootfs.based) all = history_of_base(config, rootfs.base_layers);
  if (rootfs.diff_ids.size() > rootfs.base_layers) {
    Json layer = Json::object();
    layer.set("created", created);
    layer.set("comment", rootfs.based ? "difference of a root filesystem from its base"
                                      : "root filesystem imported as one layer");
    all.push_back(std::move(layer));
  }
  for (const std::string& instruction : rootfs.instructions) {
    Json entry = Json::object();
    entry.set("created", created);
    entry.set("created_by", instruction);
    entry.set("empty_layer", true);
    all.push_back(std::move(entry));
  }
  return all;
}

}  // namespace

Json default_config(std::string_view os) {
  Json settings = Json::object();
  if (os != "windows") settings.set("Env", Json::Array{default_path});
  settings.set("WorkingDir", "/");
  return Json::Object{{"config", std::move(settings)}};
}

Json parse_user_config(std::string_view text) {
  Json config = Json::parse(text);
  if (config.find("schemaVersion") != nullptr) {
    throw Error(Errc::corrupt, "expected an OCI image config, found a manifest or an index");
  }
  const Json* settings = config.find("config");
  if (settings == nullptr && config.find("rootfs") == nullptr && config.find("os") == nullptr) {
    throw Error(Errc::corrupt,
                "expected an OCI image config, found a document without a member 'config'",
                R"(for example {"config": {"Entrypoint": ["/velero"], "User": "cnb"}})");
  }
  if (settings != nullptr) within("config", [&] { static_cast<void>(settings->as_object()); });
  return config;
}

void take_settings(Json& config, const Json& other) {
  const Json* settings = other.find("config");
  if (settings == nullptr) return;
  Json merged = config.find("config") != nullptr ? *config.find("config") : Json::object();
  for (const auto& [key, value] : settings->as_object()) merged.set(key, value);
  config.set("config", std::move(merged));
}

void take_all(Json& config, const Json& other) {
  constexpr std::array<std::string_view, 9> decided{"created",    "architecture", "os",
                                                    "os.version", "os.features",  "variant",
                                                    "config",     "rootfs",       "history"};
  take_settings(config, other);
  for (const auto& [key, value] : other.as_object()) {
    if (std::find(decided.begin(), decided.end(), key) == decided.end()) config.set(key, value);
  }
}

std::string finish_config(Json config, const RootfsConfig& rootfs) {
  const std::string created = rfc3339(rootfs.created);
  const Platform& platform = rootfs.platform;
  config.set("created", created);
  config.set("architecture", platform.architecture);
  config.set("os", platform.os);
  set_or_erase(config, "os.version", platform.os_version);
  config.erase("os.features");
  if (!platform.os_features.empty()) config.set("os.features", to_json(platform.os_features));
  set_or_erase(config, "variant", platform.variant);
  Json::Array diff_ids;
  for (const Digest& diff_id : rootfs.diff_ids) diff_ids.emplace_back(diff_id.string());
  config.set("rootfs", Json::Object{{"type", "layers"}, {"diff_ids", std::move(diff_ids)}});
  config.set("history", history(config, rootfs, created));
  const auto rank = [](const Json::Member& member) {
    return std::find(order.begin(), order.end(), member.first) - order.begin();
  };
  std::stable_sort(config.as_object().begin(), config.as_object().end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return config.dump();
}

}  // namespace ocimux
