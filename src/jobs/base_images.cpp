#include "jobs/base_images.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/annotations.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/digester.hpp"
#include "jobs/layer.hpp"
#include "jobs/registry_input.hpp"

#include <algorithm>

namespace ocimux {
namespace {

using All = std::vector<std::shared_ptr<const BaseImage>>;

/// What a --base names, with the full name it has there.
struct ReadBase {
  Input input;
  std::string name;  ///< empty for none
};

// The full name, if there is one and no other.
std::string name_in(const std::vector<Descriptor>& named) {
  std::string name;
  for (const Descriptor& descriptor : named) {
    const auto found = descriptor.annotations.find(std::string(annotation::image_name));
    if (found == descriptor.annotations.end()) return {};
    if (!name.empty() && name != found->second) return {};
    name = found->second;
  }
  return name;
}

// The one place that knows where bases come from.
ReadBase read_base(const std::string& reference, const RegistryOptions& options, Progress& progress,
                   const std::stop_token& stop) {
  const ImageReference parsed = parse_reference(reference);
  ReadBase read{read_any(parsed, options, progress, stop), {}};
  if (const auto* remote = std::get_if<Reference>(&parsed)) {
    read.name = remote->string();
  } else if (read.input.store) {
    read.name = name_in(select(*read.input.store, std::get<LocalReference>(parsed)));
  }
  return read;
}

All read_all(const std::string& reference, const RegistryOptions& options, Progress& progress,
             const std::stop_token& stop) {
  ReadBase read = read_base(reference, options, progress, stop);
  All all;
  for (Image& image : read.input.images) {
    BaseImage base{reference, read.name, std::move(image), {}, {}};
    if (const auto* stored = std::get_if<StoredImage>(&base.image.content)) {
      base.platform = stored->config.platform.normalized();
      base.config = Json::parse(stored->config_text);
    } else if (const auto* saved = std::get_if<SavedImage>(&base.image.content)) {
      base.platform = saved->config.platform.normalized();
      base.config = Json::parse(saved->config_text);
    } else {
      continue;
    }
    all.push_back(std::make_shared<const BaseImage>(std::move(base)));
  }
  if (all.empty()) {
    throw Error(Errc::not_found,
                "--base " + reference + ": expected an image with layers, found none",
                "a base is an OCI archive or layout, a docker save archive, or docker://HOST/REPO");
  }
  return all;
}

std::string list(const All& all) {
  std::string text;
  for (const auto& base : all) text += (text.empty() ? "" : ", ") + base->platform.string();
  return text;
}

// What one leaves open fits.
bool fits(const Platform& known, const Platform& base) {
  if (known.os.empty()) return true;
  const Platform wanted = known.normalized();
  return wanted.os == base.os && wanted.architecture == base.architecture &&
         (base.os_version.empty() || version_within(base.os_version, wanted.os_version) ||
          version_within(wanted.os_version, base.os_version)) &&
         (known.variant.empty() || wanted.variant == base.variant);
}

}  // namespace

std::size_t BaseImage::layers() const { return diff_ids().size(); }

std::optional<Digest> BaseImage::digest() const {
  const auto* stored = std::get_if<StoredImage>(&image.content);
  if (stored == nullptr) return std::nullopt;
  return stored->descriptor.digest;
}

const std::vector<Digest>& BaseImage::diff_ids() const {
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) return stored->config.diff_ids;
  return std::get<SavedImage>(image.content).config.diff_ids;
}

Body BaseImage::layer(std::size_t i) const {
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) return saved->layers[i];
  const auto& stored = std::get<StoredImage>(image.content);
  const Descriptor& layer = stored.manifest.layers[i];
  const auto body = stored.find(layer);
  if (!body) {
    throw Error(Errc::not_found,
                "expected the base's layer " + layer.digest.string() + " in the base, found none",
                "copy the base with all its layers");
  }
  return verified(*body, layer.digest, layer.size);
}

Descriptor base_layer(const BaseImage& base, std::size_t i, ImageFormat format) {
  const auto& stored = std::get<StoredImage>(base.image.content);
  Descriptor layer = stored.manifest.layers[i];
  if (format_of(stored.manifest) == format && !media_type::is_foreign_layer(layer.media_type)) {
    return layer;
  }
  // Told by content: Docker's name for uncompressed layers stands on compressed ones, too. What is
  // here in full is no longer foreign, and is not fetched from elsewhere.
  layer.media_type = layer_media_type(codec_of(*stored.find(layer)), format);
  layer.others.clear();
  if (format == ImageFormat::docker) layer.annotations.clear();
  return layer;
}

BaseImages::BaseImages(const MergeOptions& options, Progress& progress,
                       const std::stop_token& stop) {
  for (const auto& [selector, reference] : options.bases) {
    bases_.push_back({selector, read_all(reference, options.registry, progress, stop)});
  }
}

std::shared_ptr<const BaseImage> BaseImages::choose(const Platform& known) const {
  const auto given = values_for(known, bases_);
  if (given.empty()) return nullptr;
  const All& all = given.back();
  All fitting;
  for (const auto& base : all) {
    if (fits(known, base->platform)) fitting.push_back(base);
  }
  const std::string wanted = known.os.empty() ? "an unknown platform" : known.string();
  if (fitting.empty()) {
    throw Error(Errc::not_found, "--base " + all.front()->reference + ": expected an image for " +
                                     wanted + ", found " + list(all));
  }
  // An arm without a variant is arm/v7 to all who read images.
  const Platform plain = known.normalized();
  const auto exact = std::count_if(fitting.begin(), fitting.end(), [&](const auto& base) {
    return base->platform.variant == plain.variant;
  });
  if (exact != 0 && !known.os.empty()) {
    std::erase_if(fitting,
                  [&](const auto& base) { return base->platform.variant != plain.variant; });
  }
  if (fitting.size() > 1) {
    throw Error(Errc::conflict,
                "--base " + all.front()->reference + ": expected one image for " + wanted +
                    ", found several: " + list(fitting),
                "name one with REF@DIGEST, or say the platform in full (PLATFORM=INPUT)");
  }
  return fitting.front();
}

}  // namespace ocimux
