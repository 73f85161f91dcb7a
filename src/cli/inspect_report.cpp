#include <ocimux/spec/media_types.hpp>

#include "cli/common.hpp"
#include "cli/report_json.hpp"
#include "cli/reports.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"

namespace ocimux::cli {
namespace {

std::string platform_text(const InspectedImage& image, const InspectedReference& reference) {
  if (!image.attestation) return image.platform ? printable(image.platform->string()) : "unknown";
  for (const InspectedImage& other : reference.images) {
    if (image.attests && other.manifest && other.manifest->digest == *image.attests) {
      return "attestation of " + platform_text(other, reference);
    }
  }
  return "attestation";
}

std::string images_table(const InspectedReference& reference) {
  Table table({"PLATFORM", "DIGEST", "LAYERS", "SIZE"});
  for (const InspectedImage& image : reference.images) {
    const std::string digest = image.manifest ? image.manifest->digest.string()
                               : image.config ? "config " + image.config->digest.string()
                                              : "(no manifest)";
    table.add({platform_text(image, reference), digest, std::to_string(image.layers.size()),
               human_bytes(image.size)});
  }
  return table.text("  ");
}

std::string reference_heading(const InspectedReference& reference) {
  std::string heading = reference.tag.empty() ? "(no tag)" : printable(reference.tag);
  if (!reference.name.empty() && reference.name != reference.tag) {
    heading += "  " + printable(reference.name);
  }
  heading += "\n";
  if (reference.descriptor) {
    heading += "  " + reference.descriptor->digest.string() + "  " +
               printable(reference.descriptor->media_type) + "\n";
  }
  for (const auto& [key, value] : reference.annotations) {
    heading += "  " + printable(key) + "=" + printable(value) + "\n";
  }
  return heading;
}

Json image_json(const InspectedImage& image) {
  Json json = Json::object();
  if (image.platform) json.set("platform", platform_json(*image.platform));
  if (image.manifest) add_descriptor(json, *image.manifest);
  json.set("totalSize", image.size);
  if (image.config) json.set("config", descriptor_json(*image.config));
  Json::Array layers;
  for (const Descriptor& layer : image.layers) layers.push_back(descriptor_json(layer));
  json.set("layers", std::move(layers));
  if (image.attestation) json.set("attestation", true);
  if (image.attests) json.set("attests", image.attests->string());
  if (image.entries != 0) json.set("entries", image.entries);
  return json;
}

Json reference_json(const InspectedReference& reference) {
  Json json = Json::object();
  if (!reference.tag.empty()) json.set("tag", reference.tag);
  if (!reference.name.empty()) json.set("name", reference.name);
  if (reference.descriptor) {
    json.set("digest", reference.descriptor->digest.string());
    json.set("mediaType", reference.descriptor->media_type);
    json.set("size", reference.descriptor->size);
  }
  if (!reference.annotations.empty()) json.set("annotations", to_json(reference.annotations));
  Json::Array images;
  for (const InspectedImage& image : reference.images) images.push_back(image_json(image));
  json.set("images", std::move(images));
  return json;
}

}  // namespace

std::string inspection_json(const Inspection& inspection) {
  Json json = Json::object();
  json.set("path", valid_utf8(inspection.name));
  json.set("kind", inspection.kind);
  Json::Array references;
  for (const InspectedReference& reference : inspection.references) {
    references.push_back(reference_json(reference));
  }
  json.set("references", std::move(references));
  json.set("bytes", Json::Object{{"total", inspection.total_bytes},
                                 {"unique", inspection.unique_bytes},
                                 {"shared", inspection.total_bytes - inspection.unique_bytes}});
  return json.dump(2);
}

std::string inspection_table(const Inspection& inspection) {
  std::string text = printable(inspection.name) + " (" + inspection.kind + ")\n";
  for (const InspectedReference& reference : inspection.references) {
    text += "\n";
    if (reference.descriptor) text += reference_heading(reference);
    text += images_table(reference);
  }
  text += "\n" + human_bytes(inspection.unique_bytes) + " in all; " +
          human_bytes(inspection.total_bytes - inspection.unique_bytes) +
          " shared between images\n";
  return text;
}

}  // namespace ocimux::cli
