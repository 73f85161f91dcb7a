#include <ocimux/jobs/inspect.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/registry_input.hpp"
#include "source/document_memory.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ocimux {
namespace {

// Real layouts have some thousands.
constexpr std::size_t most_descriptors = 500'000;

Platform complete(const std::optional<Platform>& said, const Platform& found) {
  Platform platform = said.value_or(found).normalized();
  if (platform.os_version.empty()) platform.os_version = found.os_version;
  if (platform.os_features.empty()) platform.os_features = found.os_features;
  return platform;
}

InspectedImage describe(const StoredImage& stored) {
  InspectedImage image{complete(stored.descriptor.platform, stored.config.platform),
                       stored.descriptor, stored.manifest.config, stored.manifest.layers};
  image.size = stored.descriptor.size + stored.manifest.config.size;
  for (const Descriptor& layer : image.layers) image.size += layer.size;
  return image;
}

InspectedImage describe(const SavedImage& saved) {
  InspectedImage image{saved.config.platform.normalized()};
  image.config = Descriptor{std::string(media_type::docker_config), Digest::of(saved.config_text),
                            static_cast<std::int64_t>(saved.config_text.size())};
  image.size = image.config->size;
  for (std::size_t i = 0; i < saved.layers.size(); ++i) {
    image.layers.push_back(
        {std::string(media_type::docker_layer), saved.config.diff_ids[i], saved.layers[i].size});
    image.size += saved.layers[i].size;
  }
  return image;
}

InspectedImage describe(const Image& image) {
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) return describe(*stored);
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) return describe(*saved);
  if (const auto* attestation = std::get_if<Attestation>(&image.content)) {
    InspectedImage described = describe(attestation->stored);
    described.attestation = true;
    described.attests = attestation->subject;
    return described;
  }
  const auto& rootfs = std::get<RootfsImage>(image.content);
  InspectedImage described{image.name_platform};
  if (described.platform) described.platform = described.platform->normalized();
  described.size = rootfs.size;
  described.entries = rootfs.entries;
  return described;
}

bool is_wanted(const InspectedImage& image, const std::vector<Platform>& wanted) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](const Platform& platform) {
           return image.platform && same_platform(platform, *image.platform);
         });
}

void filter(Inspection& inspection, const std::vector<Platform>& wanted) {
  for (const Platform& platform : wanted) {
    const bool there = std::any_of(
        inspection.references.begin(), inspection.references.end(), [&](const auto& reference) {
          return std::any_of(reference.images.begin(), reference.images.end(),
                             [&](const auto& image) { return is_wanted(image, {platform}); });
        });
    if (!there) {
      throw Error(Errc::not_found, inspection.name + ": expected an image for " +
                                       platform.string() + ", found none");
    }
  }
  for (auto& reference : inspection.references) {
    std::erase_if(reference.images, [&](const auto& image) { return !is_wanted(image, wanted); });
  }
  if (wanted.empty()) return;
  std::erase_if(inspection.references,
                [](const auto& reference) { return reference.images.empty(); });
}

// An image may stand under several tags; its bytes count once for each image, not for each tag.
void count_bytes(Inspection& inspection) {
  std::map<Digest, std::int64_t> blobs;
  std::set<Digest> images;
  const auto add = [&](const Descriptor& descriptor) {
    blobs[descriptor.digest] = descriptor.size;
  };
  for (const InspectedReference& reference : inspection.references) {
    for (const InspectedImage& image : reference.images) {
      const auto& identity = image.manifest ? image.manifest : image.config;
      if (!identity) {
        inspection.unique_bytes += image.size;
        inspection.total_bytes += image.size;
        continue;
      }
      if (!images.insert(identity->digest).second) continue;
      inspection.total_bytes += image.size;
      add(*identity);
      if (image.config) add(*image.config);
      for (const Descriptor& layer : image.layers) add(layer);
    }
  }
  for (const auto& [digest, size] : blobs) inspection.unique_bytes += size;
}

/// What was described so far: many names may stand for one large index, and many indexes list
/// another.
struct Described {
  DocumentMemory memory{2 * DocumentMemory::most_bytes};
  std::map<Digest, InspectedReference> references = {};
  std::size_t descriptors = 0;  // of images and layers, over all references
};

void count(Described& described, const InspectedReference& reference) {
  for (const InspectedImage& image : reference.images) {
    described.descriptors += 1 + image.layers.size();
  }
  if (described.descriptors <= most_descriptors) return;
  throw Error(Errc::corrupt,
              "expected at most " + std::to_string(most_descriptors) +
                  " images and layers under all names together, found more",
              "name one image with PATH:TAG");
}

InspectedReference inspect_descriptor(const ImageStore& store, const Descriptor& descriptor,
                                      DocumentMemory& memory) {
  InspectedReference reference;
  if (media_type::is_index(descriptor.media_type)) {
    reference.annotations =
        Index::parse(read_checked(store, descriptor), descriptor.media_type).annotations;
  }
  for (const Image& image : images_below(store, descriptor, memory, silent_progress())) {
    reference.images.push_back(describe(image));
  }
  return reference;
}

// Many tags may name one index, which is read once. What there is to note of it was noted when
// the input was read.
InspectedReference described_once(Described& described, const ImageStore& store,
                                  const Descriptor& descriptor) {
  auto known = described.references.find(descriptor.digest);
  if (known == described.references.end()) {
    known = described.references
                .emplace(descriptor.digest, inspect_descriptor(store, descriptor, described.memory))
                .first;
  }
  count(described, known->second);
  InspectedReference reference = known->second;
  reference.tag = tag_of(descriptor);
  const auto name = descriptor.annotations.find(std::string(annotation::image_name));
  reference.name = name == descriptor.annotations.end() ? std::string() : name->second;
  reference.descriptor = descriptor;
  return reference;
}

// A registry has no index.json that would say it.
void name_as(InspectedReference& inspected, const ImageReference& reference) {
  const auto* remote = std::get_if<Reference>(&reference);
  if (remote == nullptr || (remote->tag.empty() && remote->digest)) return;
  inspected.tag = remote->tag.empty() ? remote->version() : remote->tag;
  inspected.name = remote->host + "/" + remote->repository + ":" + inspected.tag;
}

std::string kind_name(InputKind kind) {
  switch (kind) {
    case InputKind::layout: return "oci-layout";
    case InputKind::oci_archive: return "oci-archive";
    case InputKind::docker_archive: return "docker-archive";
    case InputKind::rootfs: return "rootfs";
    case InputKind::registry: return "registry";
  }
  return "";
}

}  // namespace

Inspection inspect(const std::string& reference, const std::vector<Platform>& platforms,
                   Progress& progress, const std::stop_token& stop,
                   const RegistryOptions& registry) {
  const ImageReference parsed = parse_reference(reference);
  const Input input = read_any(parsed, registry, progress, stop);
  Inspection inspection{input.name, kind_name(input.kind)};
  within(input.name, [&] {
    if (input.store) {
      Described described;
      for (const Descriptor& descriptor : select(*input.store, parsed)) {
        inspection.references.push_back(described_once(described, *input.store, descriptor));
        name_as(inspection.references.back(), parsed);
      }
    } else {
      InspectedReference all;
      for (const Image& image : input.images) all.images.push_back(describe(image));
      inspection.references.push_back(std::move(all));
    }
  });
  filter(inspection, platforms);
  count_bytes(inspection);
  return inspection;
}

}  // namespace ocimux
