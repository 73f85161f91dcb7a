#include "jobs/verify_documents.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/verify_kinds.hpp"
#include "registry/base64.hpp"
#include "spec/descriptor_json.hpp"

#include <utility>

namespace ocimux {
namespace {

/// Tells of one document.
class Reading {
 public:
  Reading(const Spot& spot, const std::optional<Digest>& digest, Findings& findings)
      : spot_(spot), digest_(digest), findings_(findings) {}

  void tell(std::string_view code, std::string_view where, Said said) const {
    findings_.add(spot_.below(where), code, std::move(said), digest_);
  }

  /// What @p work answers; nothing where it throws, which is told.
  template <typename Work>
  [[nodiscard]] auto attempt(std::string_view code, const Work& work) const
      -> std::optional<decltype(work())> {
    try {
      return work();
    } catch (const Error& error) {
      findings_.add(spot_, code, error, digest_);
      return std::nullopt;
    }
  }

  /// Tells what @p work throws.
  template <typename Work>
  void check(std::string_view code, const Work& work) const {
    try {
      work();
    } catch (const Error& error) {
      findings_.add(spot_, code, error, digest_);
    }
  }

 private:
  const Spot& spot_;
  const std::optional<Digest>& digest_;
  Findings& findings_;
};

std::optional<Json> parsed(const std::string& text, const Reading& reading) {
  auto json = reading.attempt("document-json", [&] { return Json::parse(text); });
  if (!json) return json;
  if (json->is_object()) return json;
  reading.tell("document-shape", "", {"a JSON object", "another kind of value"});
  return std::nullopt;
}

std::optional<Descriptor> descriptor_at(const Json& json, const std::string& where,
                                        const Reading& reading) {
  auto descriptor = reading.attempt(
      "descriptor-invalid", [&] { return within(where, [&] { return parse_descriptor(json); }); });
  if (descriptor) {
    reading.check("descriptor-invalid",
                  [&] { within(where, [&] { check_optional_members(json); }); });
  }
  if (descriptor && descriptor->media_type.empty()) {
    reading.tell("descriptor-invalid", where, {"a descriptor with a mediaType", "one without"});
  }
  return descriptor;
}

std::optional<Descriptor> descriptor_member(const Json& json, const char* key,
                                            const Reading& reading) {
  const Json* member = json.find(key);
  return member == nullptr ? std::nullopt : descriptor_at(*member, key, reading);
}

void check_version(const Json& json, const Reading& reading) {
  const auto version =
      reading.attempt("document-shape", [&] { return integer_member(json, "schemaVersion"); });
  if (version && *version != 2) {
    reading.tell("document-shape", "schemaVersion", {"2", std::to_string(*version)});
  }
}

/// The media type that counts: the document's own, where the descriptor has none.
std::string checked_type(const Json& json, std::string_view listed, const Reading& reading) {
  const auto own =
      reading.attempt("document-shape", [&] { return string_member(json, "mediaType"); });
  if (!own || own->empty()) {
    const bool docker = listed == media_type::docker_list || listed == media_type::docker_manifest;
    if (own && docker) {
      reading.tell("document-shape", "", {"a mediaType, as Docker's documents have it", "none"});
    }
    return std::string(listed);
  }
  if (!listed.empty() && *own != listed) {
    reading.tell("media-type-mismatch", "",
                 {"a document of type " + std::string(listed) + ", as its descriptor says",
                  "one of type " + *own});
  }
  return listed.empty() ? *own : std::string(listed);
}

void read_children(const Json& json, const char* key, LooseDocument& document,
                   const Reading& reading) {
  const auto array = reading.attempt("document-shape", [&] { return json.at(key).as_array(); });
  if (!array) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    document.children.push_back(
        descriptor_at((*array)[i], std::string(key) + "[" + std::to_string(i) + "]", reading));
  }
}

// What is hidden behind another case some readers take for the member, others not.
void check_members(const Json& json, const Reading& reading) {
  reading.check("document-shape", [&] {
    static_cast<void>(other_members(json, {"schemaVersion", "mediaType", "config", "layers",
                                           "manifests", "annotations", "subject", "artifactType"}));
  });
}

std::optional<std::size_t> layers_in_history(const Json& json, const Reading& reading) {
  if (json.find("history") == nullptr) return std::nullopt;
  return reading
      .attempt("document-shape",
               [&] {
                 std::size_t layers = 0;
                 const Json::Array& history = array_member(json, "history");
                 for (const Json& entry : history) {
                   const Json* empty = within("history", [&] { return entry.find("empty_layer"); });
                   const bool* flag =
                       empty == nullptr ? nullptr : std::get_if<bool>(&empty->value());
                   if (empty != nullptr && flag == nullptr) {
                     throw Error(Errc::corrupt,
                                 "history: expected empty_layer to be true or false, found another "
                                 "kind of value");
                   }
                   if (flag == nullptr || !*flag) ++layers;
                 }
                 return history.empty() ? std::optional<std::size_t>() : layers;
               })
      .value_or(std::nullopt);
}

}  // namespace

std::optional<LooseDocument> read_loosely(const std::string& text, std::string_view media_type,
                                          const Spot& spot, const std::optional<Digest>& digest,
                                          Findings& findings) {
  const Reading reading(spot, digest, findings);
  const auto json = parsed(text, reading);
  if (!json) return std::nullopt;
  check_members(*json, reading);
  const bool manifests = json->find("manifests") != nullptr;
  if (manifests && (json->find("layers") != nullptr || json->find("config") != nullptr)) {
    reading.tell("document-shape", "",
                 {"a manifest or an index", "a document that can be read as both (CVE-2021-41190)",
                  "readers disagree on what such an image is: do not use it"});
  }
  check_version(*json, reading);
  const std::string type = checked_type(*json, media_type, reading);
  LooseDocument document;
  document.index = media_type::is_index(type) || (!media_type::is_manifest(type) && manifests);
  read_children(*json, document.index ? "manifests" : "layers", document, reading);
  if (!document.index) {
    if (json->find("config") == nullptr) {
      reading.tell("document-shape", "", {"a manifest with a config", "none"});
    }
    document.config = descriptor_member(*json, "config", reading);
  }
  document.subject = descriptor_member(*json, "subject", reading);
  document.annotations =
      reading.attempt("document-shape", [&] { return string_map_member(*json, "annotations"); })
          .value_or(Annotations{});
  document.artifact_type =
      reading.attempt("document-shape", [&] { return string_member(*json, "artifactType"); })
          .value_or("");
  return document;
}

std::optional<LooseConfig> read_config_loosely(const std::string& text, const Spot& spot,
                                               const Digest& digest, Findings& findings) {
  const std::optional<Digest> about = digest;
  const Reading reading(spot, about, findings);
  const auto json = parsed(text, reading);
  if (!json) return std::nullopt;
  for (const char* key : {"architecture", "os"}) {
    const auto value = reading.attempt("document-shape", [&] { return string_member(*json, key); });
    if (value && value->empty()) {
      reading.tell("document-shape", "", {std::string("a member '") + key + "'", "none"});
    }
  }
  reading.check("document-shape", [&] {
    const Json& rootfs = json->at("rootfs");
    const std::string type = within("rootfs", [&] { return string_member(rootfs, "type"); });
    static_cast<void>(within("rootfs", [&] { return rootfs.at("diff_ids").as_array().size(); }));
    if (type != "layers") {
      throw Error(Errc::corrupt, "rootfs: expected the type 'layers', found '" + type + "'");
    }
  });
  for (const Error& error : wrong_kinds(*json)) findings.add(spot, "document-shape", error, digest);
  auto config = reading.attempt("document-shape", [&] { return ImageConfig::parse(text); });
  if (!config) return std::nullopt;
  return LooseConfig{std::move(*config), layers_in_history(*json, reading)};
}

std::optional<std::string> data_of(const Descriptor& descriptor, const Spot& spot,
                                   Findings& findings) {
  if (descriptor.others.empty()) return std::nullopt;
  const Json others = Json::parse(descriptor.others);
  const Json* data = others.find("data");
  if (data == nullptr) return std::nullopt;
  auto bytes = data->is_string() ? base64_decode(data->as_string()) : std::nullopt;
  const bool right =
      bytes && static_cast<std::int64_t>(bytes->size()) == descriptor.size &&
      (descriptor.digest.algorithm() != "sha256" || Digest::of(*bytes) == descriptor.digest);
  if (right) return bytes;
  findings.add(spot, "descriptor-data",
               {"the blob's bytes in the descriptor's member 'data'",
                bytes ? "other bytes" : "something that is no base64"},
               descriptor.digest);
  return std::nullopt;
}

}  // namespace ocimux
