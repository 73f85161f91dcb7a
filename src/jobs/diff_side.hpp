#pragma once

#include <ocimux/jobs/diff.hpp>

#include "source/read_images.hpp"
#include "spec/json.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ocimux {

/// An image of an input that is compared.
struct DiffImage {
  const Image* image;
  std::optional<Platform> platform;  ///< nothing where nothing says it
};

/// One of the two inputs that are compared.
struct DiffSide {
  Input input;
  std::optional<Digest> digest = {};  ///< of the one document that was meant
  std::optional<Digest> index = {};   ///< of the one index there is
  std::optional<Json> index_document = {};
  std::vector<DiffImage> images = {};  ///< in their order
  /// By the digest of the manifest they speak of: type of predicate to the digest of the statement.
  std::map<Digest, std::map<std::string, Digest>> statements = {};
};

/// Opens @p reference. With @p options.platforms only those; a root filesystem whose platform
/// nobody knows is the one there is, if it is only one. Throws Errc::conflict where two images are
/// for one platform.
DiffSide open_side(const std::string& reference, const DiffOptions& options, Progress& progress,
                   const std::stop_token& stop);

/// Who is compared with whom.
struct DiffPairs {
  std::vector<std::pair<DiffImage, DiffImage>> both = {};
  std::vector<DiffImage> only_before = {};
  std::vector<DiffImage> only_after = {};
};

/// Images for the same platform, then those for what differs in os.version only, where there is no
/// doubt which. A root filesystem of an unknown platform goes with the only other image there is;
/// else it throws Errc::conflict.
DiffPairs pair_images(const DiffSide& before, const DiffSide& after);

}  // namespace ocimux
