#include "jobs/describe.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "compose/image_config.hpp"
#include "jobs/layer.hpp"

#include <algorithm>

namespace ocimux {
namespace {

Descriptor put(LayoutChange& change, std::string_view type, const std::string& document,
               std::string_view algorithm = "sha256") {
  Blob blob = change.put(document, algorithm);
  return {std::string(type), std::move(blob.digest), blob.size};
}

std::string_view manifest_type(ImageFormat format) {
  return format == ImageFormat::docker ? media_type::docker_manifest : media_type::oci_manifest;
}

std::string_view config_type(ImageFormat format) {
  return format == ImageFormat::docker ? media_type::docker_config : media_type::oci_config;
}

std::string config_document(const Entry& entry, const IngestOptions& options) {
  if (const auto* saved = std::get_if<SavedImage>(&entry.image.content)) return saved->config_text;
  const auto& rootfs = std::get<RootfsImage>(entry.image.content);
  RootfsConfig config{entry.platform};
  for (const auto& layer : entry.layers) config.diff_ids.push_back(layer->value().diff_id);
  config.based = entry.base != nullptr;
  if (entry.base) config.base_layers = entry.base->layers();
  config.instructions = entry.instructions;
  config.created = rootfs.newest_mtime;
  config.created = std::min(config.created, options.latest.value_or(config.created));
  return finish_config(*entry.config, config);
}

/// The manifest of an image that came without one.
Manifest made_manifest(const Entry& entry, const IngestOptions& options, LayoutChange& change) {
  Manifest manifest{std::string(manifest_type(options.format)),
                    put(change, config_type(options.format), config_document(entry, options))};
  for (const auto& layer : entry.layers) manifest.layers.push_back(layer->value().descriptor);
  return manifest;
}

bool stays_as_it_is(const Entry& entry) {
  return entry.stored() != nullptr && entry.layers.empty() && entry.manifest_annotations.empty();
}

/// The manifest of an image that came with one, changed as the options ask.
Manifest changed_manifest(const Entry& entry, const StoredImage& stored,
                          const IngestOptions& options) {
  Manifest manifest = stored.manifest;
  for (std::size_t i = 0; i < entry.layers.size(); ++i) {
    const Descriptor& made = entry.layers[i]->value().descriptor;
    manifest.layers[i].media_type =
        layer_media_type(options.compression.codec, format_of(manifest));
    manifest.layers[i].digest = made.digest;
    manifest.layers[i].size = made.size;
    // What lazy-pulling formats say of a layer's bytes is no longer true of these.
    std::erase_if(manifest.layers[i].annotations, [](const auto& annotation) {
      return annotation.first.find("stargz") != std::string::npos ||
             annotation.first.find("zstd-chunked") != std::string::npos;
    });
  }
  return manifest;
}

void describe_entry(Entry& entry, const IngestOptions& options, LayoutChange& change,
                    Progress& progress) {
  const StoredImage* stored = entry.stored();
  if (stored != nullptr && !stored->config_text.empty()) {
    put(change, stored->manifest.config.media_type, stored->config_text,
        stored->manifest.config.digest.algorithm());
  }
  if (stays_as_it_is(entry)) {
    entry.descriptor = put(change, stored->manifest.media_type, stored->manifest_text,
                           stored->descriptor.digest.algorithm());
    entry.descriptor->others = stored->descriptor.others;
  } else {
    Manifest manifest = stored != nullptr ? changed_manifest(entry, *stored, options)
                                          : made_manifest(entry, options, change);
    for (const auto& [key, value] : entry.manifest_annotations) manifest.annotations[key] = value;
    const std::string document = manifest.document();
    check_size(document);
    entry.descriptor = put(change, manifest.media_type, document);
    if (stored != nullptr) {
      entry.replaced = stored->descriptor.digest;
      progress.note(entry.image.origin + ": the manifest for " + entry.platform.string() +
                    " was rewritten: " + entry.replaced->string() + " -> " +
                    entry.descriptor->digest.string());
    }
  }
  entry.descriptor->platform = entry.platform;
  if (stored != nullptr) entry.descriptor->platform_others = stored->descriptor.platform_others;
  entry.descriptor->annotations = entry.annotations;
}

}  // namespace

void check_size(const std::string& document) {
  if (static_cast<std::int64_t>(document.size()) > largest_document) {
    throw Error(Errc::unsupported,
                "expected documents of at most " + std::to_string(largest_document) +
                    " bytes, found one of " + std::to_string(document.size()),
                "registries and clients refuse larger ones: use fewer or shorter annotations");
  }
}

void describe(std::vector<Entry>& entries, const IngestOptions& options, LayoutChange& change,
              Progress& progress) {
  for (Entry& entry : entries) {
    within(entry.image.origin, [&] { describe_entry(entry, options, change, progress); });
  }
}

Descriptor describe_index(const std::vector<Entry>& entries, const MergeOptions& options,
                          LayoutChange& change) {
  const bool docker = options.format == ImageFormat::docker;
  Index index{std::string(docker ? media_type::docker_list : media_type::oci_index)};
  for (const Entry& entry : entries) index.manifests.push_back(*entry.descriptor);
  for (const AnnotationOption& option : options.annotations) {
    if (option.scope == AnnotationScope::index) index.annotations[option.key] = option.value;
  }
  const std::string document = index.document();
  check_size(document);
  return put(change, index.media_type, document);
}

}  // namespace ocimux
