#include "jobs/image_programs.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "compress/decompressed.hpp"
#include "digest/digester.hpp"
#include "jobs/layer.hpp"

#include <atomic>
#include <optional>
#include <set>
#include <utility>

namespace ocimux {
namespace {

// Of all layers together: some hundred of them, each of a few kilobytes, could fill any memory.
constexpr std::size_t most_bytes = std::size_t{2} << 30;

/// A layer of an image.
struct Part {
  Digest identity;
  Digest diff_id;
  std::optional<Body> body;  // nothing for a foreign layer that is not there
};

/// @p layer unpacked, its DiffID checked as it is read.
Body unpacked_layer(const Body& layer, const Digest& diff_id) {
  return {[layer, diff_id] { return checked_diff_id(decompressed(layer.open()), diff_id); },
          layer.size};
}

/// The layers of @p image, lowest first.
std::vector<Part> layers_of(const Image& image, LookInto depth) {
  std::vector<Part> layers;
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    for (const Descriptor& layer : stored->manifest.layers) {
      std::optional<Body> body = stored->find(layer);
      if (body && depth == LookInto::whole) {
        body = verified(std::move(*body), layer.digest, layer.size);
      }
      if (!body && depth == LookInto::whole && !media_type::is_foreign_layer(layer.media_type)) {
        throw Error(Errc::not_found,
                    "expected the layer " + layer.digest.string() + " in the input, found none",
                    "the input is incomplete: export it again with all its blobs");
      }
      layers.push_back({layer.digest, stored->config.diff_ids[layers.size()], std::move(body)});
    }
  } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    for (std::size_t i = 0; i < saved->layers.size(); ++i) {
      layers.push_back({saved->config.diff_ids[i], saved->config.diff_ids[i], saved->layers[i]});
    }
  }
  return layers;
}

}  // namespace

ImagePrograms::ImagePrograms(const std::vector<Input>& inputs, LookInto depth, std::size_t threads,
                             Progress& progress, const std::stop_token& stop)
    : depth_(depth) {
  struct Work {
    std::string name;
    Body body;
    Digest diff_id;
    Layer* layer;
  };
  std::vector<Work> work;
  std::set<std::string> passed_over;
  const auto add = [&](const Image& image) {
    for (Part& part : layers_of(image, depth)) {
      const auto [cell, fresh] = layers_.try_emplace(part.identity);
      if (!fresh || !part.body) continue;
      if (part.body->remote && depth == LookInto::front) {  // each layer is fetched once
        passed_over.insert(image.origin);
        cell->second.programs.mark_incomplete();
        continue;
      }
      work.push_back({image.origin, std::move(*part.body), part.diff_id, &cell->second});
    }
  };
  for (const Input& input : inputs) {
    for (const Image& image : input.images) {
      try {
        add(image);
      } catch (const Error& error) {
        failure_ = error;  // of() tells of it, where it is known whose fault it is
      }
    }
  }
  for (const std::string& origin : passed_over) {
    progress.note(origin + ": its binaries are not looked into, for that would fetch its layers " +
                  "twice (--strict does)");
  }
  Progress& told = depth == LookInto::whole ? progress : silent_progress();
  std::atomic<std::size_t> bytes = 0;
  parallel_for_each(work, threads, stop, [&](Work& item, const std::stop_token& inner) {
    ProgressTask task(told, "reading " + item.name, item.body.size);
    try {
      const Body body = watched(item.body, task);
      item.layer->programs = programs_in_layer(
          depth == LookInto::whole ? unpacked_layer(body, item.diff_id) : body, depth, inner);
    } catch (const Error& error) {
      if (error.code() == Errc::cancelled) throw;
      item.layer->failure = error;
    }
    bytes += item.layer->programs.bytes();
    if (bytes <= most_bytes) return;
    throw Error(Errc::unsupported,
                "expected names of programs and links in all layers to take at "
                "most 2 GiB of memory, found more",
                "merge fewer inputs at a time");
  });
}

Programs ImagePrograms::of(const Image& image) const {
  if (const auto* rootfs = std::get_if<RootfsImage>(&image.content)) return rootfs->programs;
  Programs all;
  for (const Part& part : layers_of(image, depth_)) {
    const auto found = layers_.find(part.identity);
    if (found == layers_.end())
      throw Error(*failure_);  // it could not be found, and now it is there
    const Layer& layer = found->second;
    if (layer.failure) throw layer.failure->within(part.identity.string());
    all.put(layer.programs);
  }
  return all;
}

}  // namespace ocimux
