#include "cli/report_json.hpp"

namespace ocimux::cli {

Json platform_json(const Platform& platform) {
  Json json = Json::object();
  json.set("os", platform.os);
  json.set("architecture", platform.architecture);
  if (!platform.variant.empty()) json.set("variant", platform.variant);
  if (!platform.os_version.empty()) json.set("osVersion", platform.os_version);
  if (!platform.os_features.empty()) json.set("osFeatures", to_json(platform.os_features));
  return json;
}

void add_descriptor(Json& json, const Descriptor& descriptor) {
  json.set("digest", descriptor.digest.string());
  json.set("mediaType", descriptor.media_type);
  json.set("size", descriptor.size);
  if (!descriptor.annotations.empty()) json.set("annotations", to_json(descriptor.annotations));
}

Json descriptor_json(const Descriptor& descriptor) {
  Json json = Json::object();
  add_descriptor(json, descriptor);
  return json;
}

}  // namespace ocimux::cli
