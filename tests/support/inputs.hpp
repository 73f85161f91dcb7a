#pragma once

#include <ocimux/base/progress.hpp>

#include "io/memory.hpp"
#include "source/read_images.hpp"
#include "source/rootfs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ocimux::test {

/// Reads what the reference @p text names.
inline Input read(const std::string& text, Progress& progress = silent_progress()) {
  return read_input(LocalReference::parse(text), progress);
}

/// What an image is: its config's platform, `attestation`, or `rootfs` and its directory.
inline std::string kind_and_platform(const Image& image) {
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    return stored->config.platform.string();
  }
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    return "saved " + saved->config.platform.string();
  }
  if (const auto* rootfs = std::get_if<RootfsImage>(&image.content)) {
    return rootfs->directory.empty() ? "rootfs" : "rootfs " + rootfs->directory;
  }
  return "attestation";
}

/// The same of every image.
inline std::vector<std::string> contents_of(const Input& input) {
  std::vector<std::string> all;
  for (const Image& image : input.images) all.push_back(kind_and_platform(image));
  return all;
}

/// The bytes of the layer that @p image becomes.
inline std::string layer_of(const Image& image, std::optional<std::int64_t> latest = {}) {
  MemorySink sink;
  write_layer(std::get<RootfsImage>(image.content), latest, sink, {});
  return sink.take();
}

}  // namespace ocimux::test
