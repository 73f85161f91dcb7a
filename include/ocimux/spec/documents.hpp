#pragma once

#include <ocimux/spec/descriptor.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// Largest index, manifest or config ocimux reads, in bytes: what registries and the other
/// clients accept (distribution, zot and containers/image: 4 MiB).
inline constexpr std::int64_t largest_document = 4 << 20;

/// An image manifest: image-spec, manifest.md; also Docker's schema 2.
struct Manifest {
  std::string media_type;
  Descriptor config;
  std::vector<Descriptor> layers = {};
  Annotations annotations = {};
  std::optional<Descriptor> subject = {};
  std::string artifact_type = {};
  std::string others = {};  ///< as in Descriptor

  /// Throws Errc::corrupt for a document that is none, or could be read as an index as well
  /// (CVE-2021-41190). @p media_type is what the descriptor said.
  static Manifest parse(std::string_view text, std::string_view media_type);
  /// The document, byte for byte the same for equal values.
  [[nodiscard]] std::string document() const;
};

/// An image index: image-spec, image-index.md; also Docker's manifest list.
struct Index {
  std::string media_type;
  std::vector<Descriptor> manifests = {};
  Annotations annotations = {};
  std::string others = {};  ///< as in Descriptor

  static Index parse(std::string_view text, std::string_view media_type);
  [[nodiscard]] std::string document() const;
};

/// The part of an image config that runtimes use, and all the rest as it came: image-spec,
/// config.md.
struct ImageConfig {
  Platform platform;  ///< as it stands there, not normalized
  std::vector<Digest> diff_ids = {};
  std::string created = {};  ///< RFC 3339; empty for none

  static ImageConfig parse(std::string_view text);
};

}  // namespace ocimux
