#pragma once

#include <ocimux/spec/documents.hpp>

#include "jobs/base_images.hpp"
#include "source/image.hpp"
#include "spec/json.hpp"
#include "tar/member.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// A layer that was made, or that came without a descriptor.
struct MadeLayer {
  Descriptor descriptor;
  Digest diff_id;
};

/// One image on its way through a merge.
struct Entry {
  Image image;
  Platform platform;                      ///< decided: normalized and complete
  Annotations annotations = {};           ///< of its descriptor in the index
  Annotations manifest_annotations = {};  ///< to be added to its manifest

  // Of a root filesystem:
  std::optional<Json> config = {};             ///< before platform and layers are put in
  std::vector<std::string> instructions = {};  ///< that were applied to it
  std::shared_ptr<const BaseImage> base = {};  ///< whose layers come below its own; or null
  /// The members of its layer, where that is not the tar as it is; none: it has no layer.
  std::optional<std::vector<TarMember>> members = {};

  /// When its manifest is to be made: its layers in order, filled in by ingest. Entries with the
  /// same layer share the cell.
  std::vector<std::shared_ptr<std::optional<MadeLayer>>> layers = {};

  // After describe:
  std::optional<Descriptor> descriptor = {};
  std::optional<Digest> replaced = {};

  [[nodiscard]] bool is_attestation() const {
    return std::holds_alternative<Attestation>(image.content);
  }
  [[nodiscard]] const Attestation& attestation() const {
    return std::get<Attestation>(image.content);
  }
  [[nodiscard]] const StoredImage* stored() const {
    if (is_attestation()) return &attestation().stored;
    return std::get_if<StoredImage>(&image.content);
  }
};

}  // namespace ocimux
