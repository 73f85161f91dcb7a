#include <ocimux/spec/descriptor.hpp>

#include <ocimux/base/error.hpp>

#include "spec/descriptor_json.hpp"

#include <algorithm>
#include <cctype>

namespace ocimux {

void throw_wrong_size(const Digest& digest, std::int64_t expected, std::int64_t found) {
  throw Error(Errc::corrupt, digest.string() + ": expected " + std::to_string(expected) +
                                 " bytes, found " + std::to_string(found));
}

namespace {

// As Go's encoding/json compares keys: two characters outside of ASCII fold into it, too.
std::string folded(std::string_view key) {
  std::string letters;
  while (!key.empty()) {
    const bool long_s = key.starts_with("\u017f");
    const bool kelvin = key.starts_with("\u212a");
    letters += long_s   ? 's'
               : kelvin ? 'k'
                        : static_cast<char>(std::tolower(static_cast<unsigned char>(key.front())));
    key.remove_prefix(long_s ? 2 : kelvin ? 3 : 1);
  }
  return letters;
}

// Which of @p known @p key is, in whatever spelling; empty for none.
std::string_view known_as(const std::string& key, std::initializer_list<std::string_view> known) {
  const std::string letters = folded(key);
  const auto* found = std::find_if(known.begin(), known.end(),
                                   [&](std::string_view name) { return folded(name) == letters; });
  if (found == known.end()) return {};
  if (*found == key) return *found;
  throw Error(Errc::corrupt, "expected a member '" + std::string(*found) + "', found '" + key +
                                 "', which only some readers take for it");
}

std::initializer_list<std::string_view> platform_members() {
  static const std::initializer_list<std::string_view> names{"os", "architecture", "variant",
                                                             "os.version", "os.features"};
  return names;
}

}  // namespace

std::string other_members(const Json& object, std::initializer_list<std::string_view> known) {
  Json::Object others;
  for (const auto& member : object.as_object()) {
    if (known_as(member.first, known).empty()) others.push_back(member);
  }
  return others.empty() ? std::string() : Json(std::move(others)).dump();
}

void refuse_other_spellings(const Json& object, std::initializer_list<std::string_view> known) {
  for (const auto& member : object.as_object()) static_cast<void>(known_as(member.first, known));
}

void add_others(Json& object, const std::string& others) {
  if (others.empty()) return;
  const Json parsed = Json::parse(others);
  // None of these is there yet: to look each up would take the square of their number.
  for (const auto& member : parsed.as_object()) object.as_object().push_back(member);
}

Platform parse_platform(const Json& json) {
  refuse_other_spellings(json, platform_members());
  Platform platform;
  platform.os = string_member(json, "os");
  platform.architecture = string_member(json, "architecture");
  platform.variant = string_member(json, "variant");
  platform.os_version = string_member(json, "os.version");
  platform.os_features = strings_member(json, "os.features");
  return platform;
}

// The order is that of Go's struct, which is what readers of these documents are used to.
Json to_json(const Platform& platform) {
  Json json = Json::object();
  json.set("architecture", platform.architecture);
  json.set("os", platform.os);
  if (!platform.os_version.empty()) json.set("os.version", platform.os_version);
  if (!platform.os_features.empty()) json.set("os.features", to_json(platform.os_features));
  if (!platform.variant.empty()) json.set("variant", platform.variant);
  return json;
}

Descriptor parse_descriptor(const Json& json) {
  const std::string digest = within("digest", [&] { return json.at("digest").as_string(); });
  Descriptor descriptor{string_member(json, "mediaType"), Digest::parse(digest),
                        integer_member(json, "size")};
  if (descriptor.size < 0) {
    throw Error(Errc::corrupt,
                "size: expected a number of bytes, found " + std::to_string(descriptor.size));
  }
  if (const Json* platform = json.find("platform")) {
    descriptor.platform = within("platform", [&] { return parse_platform(*platform); });
    descriptor.platform_others = other_members(*platform, platform_members());
  }
  descriptor.annotations = string_map_member(json, "annotations");
  descriptor.others =
      other_members(json, {"mediaType", "digest", "size", "platform", "annotations"});
  return descriptor;
}

Json to_json(const Descriptor& descriptor) {
  Json json = Json::object();
  json.set("mediaType", descriptor.media_type);
  json.set("digest", descriptor.digest.string());
  json.set("size", descriptor.size);
  if (!descriptor.annotations.empty()) json.set("annotations", to_json(descriptor.annotations));
  if (descriptor.platform) {
    Json platform = to_json(*descriptor.platform);
    add_others(platform, descriptor.platform_others);
    json.set("platform", std::move(platform));
  }
  add_others(json, descriptor.others);
  return json;
}

}  // namespace ocimux
