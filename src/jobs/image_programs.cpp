#include "jobs/image_programs.hpp"

#include "base/parallel.hpp"
#include "digest/digester.hpp"
#include "jobs/layer.hpp"

#include <optional>
#include <utility>

namespace ocimux {
namespace {

/// A layer of an image.
struct Part {
  Digest identity;
  std::optional<Body> body;  // nothing for a foreign layer that is not there
};

/// The layers of @p image, lowest first.
std::vector<Part> layers_of(const Image& image, LookInto depth) {
  std::vector<Part> layers;
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    for (const Descriptor& layer : stored->manifest.layers) {
      std::optional<Body> body = stored->find(layer);
      if (body && depth == LookInto::whole) {
        body = verified(std::move(*body), layer.digest, layer.size);
      }
      layers.push_back({layer.digest, std::move(body)});
    }
  } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    for (std::size_t i = 0; i < saved->layers.size(); ++i) {
      layers.push_back({saved->config.diff_ids[i], saved->layers[i]});
    }
  }
  return layers;
}

}  // namespace

ImagePrograms::ImagePrograms(const std::vector<Input>& inputs, LookInto depth, std::size_t threads,
                             Progress& progress, const std::stop_token& stop) {
  struct Work {
    std::string name;
    Body body;
    Layer* layer;
  };
  std::vector<Work> work;
  const auto add = [&](const Image& image) {
    for (Part& part : layers_of(image, depth)) {
      const auto [cell, fresh] = layers_.try_emplace(part.identity);
      if (!fresh || !part.body) continue;
      if (part.body->remote && depth == LookInto::front) continue;  // each layer is fetched once
      work.push_back({image.origin, std::move(*part.body), &cell->second});
    }
  };
  for (const Input& input : inputs) {
    for (const Image& image : input.images) {
      try {
        add(image);
      } catch (const Error&) {
        continue;  // of() tells of it, where it is known whose fault it is
      }
    }
  }
  Progress& told = depth == LookInto::whole ? progress : silent_progress();
  parallel_for_each(work, threads, stop, [&](Work& item, const std::stop_token& inner) {
    ProgressTask task(told, "reading " + item.name, item.body.size);
    try {
      item.layer->programs = programs_in_layer(watched(item.body, task), depth, inner);
    } catch (const Error& error) {
      if (error.code() == Errc::cancelled) throw;
      item.layer->failure = error;
    }
  });
}

Programs ImagePrograms::of(const Image& image) const {
  if (const auto* rootfs = std::get_if<RootfsImage>(&image.content)) return rootfs->programs;
  Programs all;
  for (const Part& part : layers_of(image, LookInto::front)) {
    const Layer& layer = layers_.at(part.identity);
    if (layer.failure) throw layer.failure->within(part.identity.string());
    all.put(layer.programs);
  }
  return all;
}

}  // namespace ocimux
