#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/descriptor.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// One image (or attestation) of what was inspected.
struct InspectedImage {
  std::optional<Platform> platform = {};
  /// Its manifest; nothing for a docker save archive before Docker 25 and a root filesystem.
  std::optional<Descriptor> manifest = {};
  std::optional<Descriptor> config = {};
  std::vector<Descriptor> layers = {};  ///< by DiffID where there is no manifest
  std::int64_t size = 0;                ///< bytes of manifest, config and layers
  std::optional<Digest> attests = {};   ///< for an attestation: the image it speaks of
  bool attestation = false;
  std::int64_t entries = 0;  ///< members of a root filesystem; else 0
};

/// One descriptor of index.json, or all there is in an input without one.
struct InspectedReference {
  std::string tag = {};   ///< empty for none
  std::string name = {};  ///< the full reference; empty for none
  std::optional<Descriptor> descriptor = {};
  Annotations annotations = {};  ///< of the index it points at
  std::vector<InspectedImage> images = {};
};

struct Inspection {
  std::string name;
  std::string kind;  ///< `oci-layout`, `oci-archive`, `docker-archive`, `rootfs` or `registry`
  std::vector<InspectedReference> references = {};
  std::int64_t unique_bytes = 0;  ///< each distinct blob once
  std::int64_t total_bytes = 0;   ///< every image for itself; the difference is shared
};

/// Says what @p reference holds, from headers and documents alone. With @p platforms, only those
/// (Errc::not_found for one that is not there). A registry (`docker://…`) is asked for documents
/// as @p registry says.
Inspection inspect(const std::string& reference, const std::vector<Platform>& platforms = {},
                   Progress& progress = silent_progress(), const std::stop_token& stop = {},
                   const RegistryOptions& registry = {});

/// The bytes of the one document that @p reference names: an index or a manifest; with
/// @p platform, the manifest of that platform. Throws Errc::conflict when it names several.
std::string inspect_raw(const std::string& reference, const std::optional<Platform>& platform = {},
                        Progress& progress = silent_progress(), const std::stop_token& stop = {},
                        const RegistryOptions& registry = {});

/// The bytes of the config of the one image that @p reference (and @p platform) names.
std::string inspect_config(const std::string& reference,
                           const std::optional<Platform>& platform = {},
                           Progress& progress = silent_progress(), const std::stop_token& stop = {},
                           const RegistryOptions& registry = {});

}  // namespace ocimux
