#pragma once

#include "jobs/verify_layers.hpp"
#include "jobs/verify_walk.hpp"

#include <cstddef>
#include <map>
#include <stop_token>
#include <vector>

namespace ocimux {

/// Tells of hard links in layers that lead to nothing, in their layer or those below it, image by
/// image. What it is made of outlives it.
class LinkCheck final {
 public:
  LinkCheck(const std::map<Digest, ListedBlob>& blobs, const std::map<Digest, BlobFacts>& facts,
            Findings& findings, std::stop_token stop);

  /// Throws Errc::cancelled.
  void check(const ListedImage& image);

 private:
  using Layers = std::vector<const BlobFacts*>;

  void check_layer(const Digest& digest, const BlobFacts& layer, const Layers& below);
  bool may_look_up(std::size_t lookups);

  const std::map<Digest, ListedBlob>& blobs_;
  const std::map<Digest, BlobFacts>& facts_;
  Findings& findings_;
  std::stop_token stop_;
  std::size_t lookups_ = 0;
};

}  // namespace ocimux
