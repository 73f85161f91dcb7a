#pragma once

#include <ocimux/jobs/verify.hpp>

#include "jobs/verify_documents.hpp"
#include "jobs/verify_store.hpp"
#include "source/image.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ocimux {

/// A layer of an image.
struct LayerUse {
  Spot spot;
  std::optional<Digest> diff_id = {};  ///< nothing where the config says none
  bool windows = false;
};

/// A blob that is no document.
struct ListedBlob {
  Descriptor descriptor;  ///< as it was first listed
  std::optional<Body> body = {};
  Spot spot = {};                   ///< where it was first listed
  std::size_t places = 1;           ///< where it is listed
  std::vector<LayerUse> uses = {};  ///< none: it is no image's layer
};

/// An image, with its documents as far as they can be made sense of.
struct ListedImage {
  Spot spot;
  Image image;
  bool config_known = false;
  std::vector<Digest> layers = {};  ///< by what names them in ListedBlobs, lowest first
};

/// The children of an index that are images, by their places in the list of images.
struct ListedIndex {
  Spot spot;
  Digest digest;
  std::vector<Descriptor> children = {};
};

/// Everything below the roots of an input.
struct Survey {
  std::vector<ListedImage> images = {};
  std::map<Digest, ListedBlob> blobs = {};
  std::vector<ListedIndex> indexes = {};
  /// Indexes among the roots, and manifests.
  std::vector<Descriptor> roots = {};
  /// Where in `images` a manifest is, by digest and the platform it is listed for.
  std::map<Digest, std::size_t> image_of = {};
  std::set<Digest> reached = {};
  bool complete = true;  ///< every document that is there could be read
  std::size_t visits = 0;
};

/// Walks from @p roots (with what they are called) to all that they lead to, telling what is wrong
/// with documents and blobs on the way. No blob but documents is read.
Survey walk(const OpenLayout& layout, const std::string& name,
            const std::vector<std::pair<Descriptor, std::string>>& roots, Findings& findings,
            const std::stop_token& stop);

}  // namespace ocimux
