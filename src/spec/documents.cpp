#include <ocimux/spec/documents.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "spec/descriptor_json.hpp"

#include <utility>

namespace ocimux {
namespace {

std::vector<Descriptor> parse_descriptors(const Json& json, std::string_view key) {
  std::vector<Descriptor> descriptors;
  std::size_t position = 0;
  for (const Json& item : array_member(json, key)) {
    const std::string where = std::string(key) + "[" + std::to_string(position++) + "]";
    descriptors.push_back(within(where, [&] { return parse_descriptor(item); }));
  }
  return descriptors;
}

Json to_json(const std::vector<Descriptor>& descriptors) {
  Json::Array array;
  for (const Descriptor& descriptor : descriptors) array.push_back(ocimux::to_json(descriptor));
  return array;
}

/// What both kinds of documents must agree on.
std::string checked_media_type(const Json& json, std::string_view expected) {
  if (json.find("manifests") != nullptr &&
      (json.find("layers") != nullptr || json.find("config") != nullptr)) {
    throw Error(Errc::corrupt,
                "expected a manifest or an index, found a document that can be read as both");
  }
  if (json.find("schemaVersion") != nullptr && integer_member(json, "schemaVersion") != 2) {
    throw Error(Errc::unsupported, "expected schemaVersion 2, found " +
                                       std::to_string(integer_member(json, "schemaVersion")));
  }
  const std::string found = string_member(json, "mediaType");
  if (!found.empty() && !expected.empty() && found != expected) {
    throw Error(Errc::corrupt, "expected a document of type " + std::string(expected) +
                                   ", as its descriptor says, found one of type " + found);
  }
  return found.empty() ? std::string(expected) : found;
}

Json begin_document(const std::string& media_type) {
  Json json = Json::object();
  json.set("schemaVersion", 2);
  json.set("mediaType", media_type);
  return json;
}

}  // namespace

Manifest Manifest::parse(std::string_view text, std::string_view media_type) {
  const Json json = Json::parse(text);
  std::string type = checked_media_type(json, media_type);
  if (json.find("config") == nullptr) {
    throw Error(Errc::corrupt, "expected an image manifest, found a document without a config");
  }
  Manifest manifest{std::move(type),
                    within("config", [&] { return parse_descriptor(json.at("config")); }),
                    parse_descriptors(json, "layers"), string_map_member(json, "annotations")};
  if (const Json* subject = json.find("subject")) {
    manifest.subject = within("subject", [&] { return parse_descriptor(*subject); });
  }
  manifest.artifact_type = string_member(json, "artifactType");
  // What makes the other kind of document can only be null here: it need not go out again.
  manifest.others = other_members(json, {"schemaVersion", "mediaType", "config", "layers",
                                         "annotations", "subject", "artifactType", "manifests"});
  return manifest;
}

std::string Manifest::document() const {
  Json json = begin_document(media_type);
  if (!artifact_type.empty()) json.set("artifactType", artifact_type);
  json.set("config", ocimux::to_json(config));
  json.set("layers", to_json(layers));
  if (subject) json.set("subject", ocimux::to_json(*subject));
  if (!annotations.empty()) json.set("annotations", ocimux::to_json(annotations));
  add_others(json, others);
  return json.dump();
}

Index Index::parse(std::string_view text, std::string_view media_type) {
  const Json json = Json::parse(text);
  std::string type = checked_media_type(json, media_type);
  if (json.find("manifests") == nullptr) {
    throw Error(Errc::corrupt, "expected an image index, found a document without manifests");
  }
  Index index{std::move(type), parse_descriptors(json, "manifests"),
              string_map_member(json, "annotations")};
  index.others = other_members(
      json, {"schemaVersion", "mediaType", "manifests", "annotations", "config", "layers"});
  return index;
}

std::string Index::document() const {
  Json json = begin_document(media_type);
  json.set("manifests", to_json(manifests));
  if (!annotations.empty()) json.set("annotations", ocimux::to_json(annotations));
  add_others(json, others);
  return json.dump();
}

ImageConfig ImageConfig::parse(std::string_view text) {
  const Json json = Json::parse(text);
  refuse_other_spellings(json, {"created", "rootfs"});
  ImageConfig config{parse_platform(json)};
  config.created = string_member(json, "created");
  if (const Json* rootfs = json.find("rootfs")) {
    within("rootfs", [&] { refuse_other_spellings(*rootfs, {"diff_ids"}); });
    for (const std::string& diff_id :
         within("rootfs", [&] { return strings_member(*rootfs, "diff_ids"); })) {
      config.diff_ids.push_back(within("rootfs: diff_ids", [&] { return Digest::parse(diff_id); }));
    }
  }
  return config;
}

}  // namespace ocimux
