#include "jobs/convert.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo_platforms.hpp"
#include "jobs/convert_types.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

/// Only where a layer may be fetched: Docker's descriptors have nothing else.
std::string urls_of(const std::string& others) {
  if (others.empty()) return {};
  const Json json = Json::parse(others);
  const Json* urls = json.find("urls");
  return urls == nullptr ? std::string() : Json(Json::Object{{"urls", *urls}}).dump();
}

class Conversion {
 public:
  Conversion(Documents& documents, ImageFormat format, Progress& progress)
      : documents_(documents),
        docker_(format == ImageFormat::docker),
        format_(format),
        types_(types_of(format)),
        progress_(progress) {}

  Rewritten select(const std::vector<Descriptor>& selected) {
    Rewritten result;
    for (const Descriptor& descriptor : selected) {
      if (auto converted = convert(descriptor, 0)) result.selected.push_back(std::move(*converted));
    }
    if (result.selected.empty()) {
      throw Error(Errc::unsupported,
                  "expected images to convert to Docker's format, found artifacts only",
                  "leave out --format");
    }
    if (annotations_lost_) {
      progress_.note(documents_.name() +
                     ": annotations were left out, because Docker's format has none");
    }
    result.replaced = std::move(replaced_);
    return result;
  }

 private:
  /// @p descriptor of the converted document; nothing where it is left out.
  std::optional<Descriptor> convert(const Descriptor& descriptor, int depth) {
    check_depth(depth);
    auto known = known_.find(descriptor.digest);
    if (known == known_.end()) {
      auto made = within(descriptor.digest.string(), [&] {
        return media_type::is_index(descriptor.media_type) ? convert_index(descriptor, depth)
                                                           : convert_manifest(descriptor);
      });
      known = known_.emplace(descriptor.digest, std::move(made)).first;
    }
    if (!known->second) return std::nullopt;
    if (known->second->digest == descriptor.digest) return descriptor;
    // The same document may be listed in several places, each with annotations of its own.
    Descriptor here = without_data(descriptor);
    here.media_type = known->second->media_type;
    here.digest = known->second->digest;
    here.size = known->second->size;
    return here;
  }

  std::optional<Descriptor> convert_manifest(const Descriptor& descriptor) {
    Manifest manifest = Manifest::parse(documents_.text(descriptor), descriptor.media_type);
    if (descriptor.media_type == types_.manifest) return descriptor;
    if (!is_image(manifest, descriptor)) {
      if (!docker_) return descriptor;
      return left_out(descriptor, "Docker's format holds images only");
    }
    manifest.media_type = types_.manifest;
    manifest.config.media_type = types_.config;
    for (std::size_t i = 0; i < manifest.layers.size(); ++i) {
      convert_layer(manifest.layers[i], i + 1);
    }
    if (docker_) strip(manifest);
    return add(descriptor, types_.manifest, manifest.document(), what_is(descriptor));
  }

  bool is_image(const Manifest& manifest, const Descriptor& descriptor) {
    if (!media_type::is_config(manifest.config.media_type) || !manifest.artifact_type.empty() ||
        is_attestation(descriptor)) {
      return false;
    }
    // Signatures of cosign's have the config of an image; but it says nothing.
    return std::all_of(
               manifest.layers.begin(), manifest.layers.end(),
               [&](const Descriptor& layer) { return layer_type_in(format_, layer.media_type); }) ||
           platform_of(descriptor);
  }

  void convert_layer(Descriptor& layer, std::size_t number) const {
    auto type = layer_type_in(format_, layer.media_type);
    if (!type) {
      throw Error(Errc::unsupported,
                  "layer " + std::to_string(number) + " (" + layer.digest.string() +
                      "): expected a tar, uncompressed or gzip, as Docker's format has it, found " +
                      layer.media_type,
                  "ocimux merge --recompress --compression gzip makes such layers; or leave out "
                  "--format");
    }
    layer.media_type = std::move(*type);
  }

  void strip(Manifest& manifest) {
    lose(manifest.annotations);
    lose(manifest.config.annotations);
    manifest.config.others.clear();
    for (Descriptor& layer : manifest.layers) {
      lose(layer.annotations);
      layer.others = urls_of(layer.others);
    }
    manifest.subject.reset();
    manifest.others.clear();
  }

  void lose(Annotations& annotations) {
    annotations_lost_ = annotations_lost_ || !annotations.empty();
    annotations.clear();
  }

  std::optional<Descriptor> convert_index(const Descriptor& descriptor, int depth) {
    Index index = Index::parse(documents_.text(descriptor), descriptor.media_type);
    std::vector<std::optional<Descriptor>> children(index.manifests.size());
    for (std::size_t i = 0; i < children.size(); ++i) {
      const Descriptor& child = index.manifests[i];
      if (!is_attestation(child)) children[i] = convert_child(child, depth);
    }
    // An attestation may stand before what it speaks of.
    for (std::size_t i = 0; i < children.size(); ++i) {
      const Descriptor& child = index.manifests[i];
      if (is_attestation(child)) children[i] = keep_attestation(child);
    }
    bool changed = descriptor.media_type != types_.index;
    std::vector<Descriptor> listed;
    for (std::size_t i = 0; i < children.size(); ++i) {
      changed = changed || !children[i] || children[i]->digest != index.manifests[i].digest;
      if (children[i]) listed.push_back(std::move(*children[i]));
    }
    if (!changed) return descriptor;
    if (listed.empty() && !index.manifests.empty()) {
      return left_out(descriptor, "nothing in it is left");
    }
    index.manifests = std::move(listed);
    index.media_type = types_.index;
    if (docker_) strip(index);
    return add(descriptor, types_.index, index.document(), "index");
  }

  std::optional<Descriptor> convert_child(const Descriptor& child, int depth) {
    if (is_document(child)) return convert(child, depth + 1);
    if (!docker_) return child;
    return left_out(child, "Docker's format has no type " + child.media_type);
  }

  std::optional<Descriptor> keep_attestation(const Descriptor& attestation) {
    if (docker_ && attestation.media_type != types_.manifest) {
      return left_out(attestation, "Docker's format holds no attestations");
    }
    const auto of = attested_image(attestation);
    if (!of) return attestation;
    const auto image = known_.find(*of);
    const bool there =
        image == known_.end() || (image->second && image->second->digest == image->first);
    if (there) return attestation;
    return left_out(attestation, "the image it speaks of is another one now");
  }

  void strip(Index& index) {
    lose(index.annotations);
    index.others.clear();
    for (Descriptor& child : index.manifests) {
      lose(child.annotations);
      child.others.clear();
      if (!child.platform) child.platform = platform_of(child);
    }
  }

  std::optional<Platform> platform_of(const Descriptor& descriptor) {
    if (!media_type::is_manifest(descriptor.media_type)) return std::nullopt;
    return image_platform(descriptor,
                          [&](const Descriptor& wanted) { return documents_.text(wanted); });
  }

  std::string what_is(const Descriptor& descriptor) {
    const auto platform = platform_of(descriptor);
    return platform ? platform->normalized().string() : "manifest";
  }

  Descriptor add(Descriptor like, std::string_view type, std::string text, std::string what) {
    const Digest before = like.digest;
    like.media_type = type;
    Descriptor made = documents_.add(std::move(like), std::move(text));
    replaced_.push_back({before, made.digest, std::move(what)});
    return made;
  }

  std::optional<Descriptor> left_out(const Descriptor& descriptor, const std::string& why) {
    progress_.note(documents_.name() + ": " + descriptor.digest.string() + " was left out: " + why);
    return std::nullopt;
  }

  Documents& documents_;
  bool docker_;
  ImageFormat format_;
  FormatTypes types_;
  Progress& progress_;
  std::map<Digest, std::optional<Descriptor>> known_;
  std::vector<Replaced> replaced_;
  bool annotations_lost_ = false;
};

}  // namespace

Rewritten convert(Documents& documents, const std::vector<Descriptor>& selected, ImageFormat format,
                  Progress& progress) {
  return Conversion(documents, format, progress).select(selected);
}

}  // namespace ocimux
