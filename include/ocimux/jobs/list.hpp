#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/spec/descriptor.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// One entry of index.json.
struct ListedEntry {
  std::string tag = {};   ///< empty for none
  std::string name = {};  ///< the full reference; empty for none
  Descriptor descriptor;
  /// `index`, `image`, `artifact` (a manifest that is no image) or `other`.
  std::string kind = {};
  std::vector<Platform> platforms = {};  ///< of the images in it, in their order
  std::int64_t size = 0;                 ///< bytes of each distinct blob below it, and of itself
  /// What it speaks of, by its subject or by its tag.
  std::optional<Digest> subject = {};
  /// What is missing or wrong with the documents in it; empty for nothing. Blobs are not read.
  std::string problem = {};
};

struct Listing {
  std::string name;
  std::vector<ListedEntry> entries = {};  ///< in the order of index.json
  std::int64_t bytes = 0;                 ///< of each distinct blob below all of them
};

/// Says what index.json of a layout or OCI archive (read in place) lists; with a tag or digest in
/// @p reference, those entries alone. Reads documents only.
Listing list(const std::string& reference, Progress& progress = silent_progress(),
             const std::stop_token& stop = {});

}  // namespace ocimux
