#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>

#include "source/image.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// A layer of an image with layers.
struct ImageLayer {
  std::string name;                           ///< for messages: `layer 2 (sha256:…)`
  Digest diff_id;                             ///< as the config says it
  std::optional<Descriptor> descriptor = {};  ///< nothing in an image without a manifest
  Body stored = {};                           ///< checked against the descriptor as it is read
};

/// The layers of @p image, the lowest first; none of a root filesystem and an attestation. Throws
/// Errc::not_found for one that the input lacks.
std::vector<ImageLayer> layers_of(const Image& image);

/// The bytes of @p layer without their compression. Whoever reads them to their end has them
/// checked against digest, size and DiffID. @p task is told of stored bytes.
std::unique_ptr<Source> open_unpacked(const ImageLayer& layer, ProgressTask& task);

}  // namespace ocimux
