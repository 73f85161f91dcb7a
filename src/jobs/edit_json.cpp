#include "jobs/edit_json.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// Every owner of annotations, in the order in which its members are written.
void set_annotations(Json& owner, Json annotations) {
  if (owner.find("schemaVersion") != nullptr)
    return owner.set("annotations", std::move(annotations));
  owner.set_in_order("annotations", std::move(annotations), {"annotations", "platform"});
}

void set_annotation(Json& annotations, const std::string& key, const std::string& value) {
  Json::Object& members = annotations.as_object();
  auto place = std::find_if(members.begin(), members.end(),
                            [&](const Json::Member& member) { return member.first == key; });
  if (place != members.end()) {
    place->second = value;
    return;
  }
  place = std::find_if(members.begin(), members.end(),
                       [&](const Json::Member& member) { return member.first > key; });
  members.insert(place, {key, Json(value)});
}

void set_or_erase(Json& platform, std::string_view key, const std::string& value) {
  if (value.empty()) return platform.erase(key);
  platform.set_in_order(key, value, {"architecture", "os", "os.version", "os.features", "variant"});
}

}  // namespace

void change_annotations(Json& owner, const AnnotationChanges& changes) {
  const Json* there = owner.find("annotations");
  Json annotations = there != nullptr ? *there : Json::object();
  for (const auto& [key, value] : changes) {
    value ? set_annotation(annotations, key, *value) : annotations.erase(key);
  }
  if (!annotations.as_object().empty()) return set_annotations(owner, std::move(annotations));
  if (there != nullptr) owner.erase("annotations");
}

void change_content(Json& descriptor, const Digest& digest, std::int64_t size) {
  descriptor.set("digest", digest.string());
  descriptor.set("size", size);
  descriptor.erase("data");
}

void change_platform(Json& descriptor, const Platform& platform) {
  const Json* there = descriptor.find("platform");
  Json json = there != nullptr ? *there : Json::object();
  json.set_in_order("architecture", platform.architecture, {"architecture", "os", "os.version"});
  json.set_in_order("os", platform.os, {"os", "os.version", "os.features", "variant"});
  set_or_erase(json, "os.version", platform.os_version);
  if (platform.os_features.empty()) {
    json.erase("os.features");
  } else {
    json.set_in_order("os.features", to_json(platform.os_features), {"os.features", "variant"});
  }
  set_or_erase(json, "variant", platform.variant);
  descriptor.set("platform", std::move(json));
}

}  // namespace ocimux
