#pragma once

#include <ocimux/spec/documents.hpp>

#include "jobs/verify_findings.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// A manifest or an index, as far as it can be made sense of.
struct LooseDocument {
  bool index = false;
  std::string artifact_type = {};
  std::optional<Descriptor> config = {};
  /// Layers of a manifest, children of an index: nothing where a descriptor is none.
  std::vector<std::optional<Descriptor>> children = {};
  std::optional<Descriptor> subject = {};
  Annotations annotations = {};
};

/// Reads a document that was listed as @p media_type, telling all that is wrong with it. Nothing
/// where it is neither.
std::optional<LooseDocument> read_loosely(const std::string& text, std::string_view media_type,
                                          const Spot& spot, const std::optional<Digest>& digest,
                                          Findings& findings);

/// An image's config, as far as it can be made sense of, with how many layers it speaks of.
struct LooseConfig {
  ImageConfig config;
  std::optional<std::size_t> history = {};  ///< entries that made a layer; nothing without history
};

std::optional<LooseConfig> read_config_loosely(const std::string& text, const Spot& spot,
                                               const Digest& digest, Findings& findings);

/// The bytes that @p descriptor holds; nothing, and a finding, where they are not those it names.
std::optional<std::string> data_of(const Descriptor& descriptor, const Spot& spot,
                                   Findings& findings);

}  // namespace ocimux
