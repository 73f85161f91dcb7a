#include "jobs/image_layers.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "compress/decompressed.hpp"
#include "digest/digester.hpp"
#include "jobs/layer.hpp"

namespace ocimux {
namespace {

std::string name_of_layer(std::size_t i, const Digest& digest) {
  return "layer " + std::to_string(i + 1) + " (" + digest.string() + ")";
}

Body stored_layer(const StoredImage& image, const Descriptor& layer) {
  auto body = image.find(layer);
  if (body) return verified(std::move(*body), layer.digest, layer.size);
  const bool foreign = media_type::is_foreign_layer(layer.media_type);
  throw Error(Errc::not_found, "expected it in the input, found none",
              foreign ? "its owner forbids to pass it on: pull it from where it is, or export "
                        "the image with all its layers"
                      : "the input is incomplete: export it again with all its blobs");
}

}  // namespace

std::vector<ImageLayer> layers_of(const Image& image) {
  std::vector<ImageLayer> layers;
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    for (const Descriptor& layer : stored->manifest.layers) {
      const std::size_t i = layers.size();
      const std::string name = name_of_layer(i, layer.digest);
      layers.push_back({name, stored->config.diff_ids[i], layer,
                        within(name, [&] { return stored_layer(*stored, layer); })});
    }
  } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    for (std::size_t i = 0; i < saved->layers.size(); ++i) {
      const Digest& diff_id = saved->config.diff_ids[i];
      layers.push_back({name_of_layer(i, diff_id), diff_id, {}, saved->layers[i]});
    }
  }
  return layers;
}

std::unique_ptr<Source> open_unpacked(const ImageLayer& layer, ProgressTask& task) {
  return checked_diff_id(decompressed(watched(layer.stored, task).open()), layer.diff_id);
}

}  // namespace ocimux
