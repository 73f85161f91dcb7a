#pragma once

#include <map>
#include <string>
#include <string_view>

namespace ocimux {

using Annotations = std::map<std::string, std::string>;

namespace annotation {

/// A tag, on a descriptor of index.json (image-spec, annotations.md).
inline constexpr std::string_view ref_name = "org.opencontainers.image.ref.name";
/// A full reference, on a descriptor of index.json: the name containerd gives the image.
inline constexpr std::string_view image_name = "io.containerd.image.name";
/// BuildKit's mark on a manifest that is no image (docs/attestations/attestation-storage.md).
inline constexpr std::string_view reference_type = "vnd.docker.reference.type";
/// The digest of the image manifest that such a manifest speaks of.
inline constexpr std::string_view reference_digest = "vnd.docker.reference.digest";

/// The image that an image was made from, by its manifest's digest and by name.
inline constexpr std::string_view base_digest = "org.opencontainers.image.base.digest";
inline constexpr std::string_view base_name = "org.opencontainers.image.base.name";

}  // namespace annotation
}  // namespace ocimux
