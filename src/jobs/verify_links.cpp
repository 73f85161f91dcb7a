#include "jobs/verify_links.hpp"

#include "base/parallel.hpp"
#include "jobs/verify_blobs.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace ocimux {
namespace {

// Of one input: a hostile image may have any number of layers, and many images the same ones.
constexpr std::size_t most_lookups = 100'000'000;

// A path through a symlink may lead anywhere.
bool may_have(const BlobFacts& layer, const std::string& path) {
  return layer.paths.contains(path) || layer.symlinks.has_parent_of(path);
}

std::size_t lookups_for(const std::string& path) {
  return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

}  // namespace

LinkCheck::LinkCheck(const std::map<Digest, ListedBlob>& blobs,
                     const std::map<Digest, BlobFacts>& facts, Findings& findings,
                     std::stop_token stop)
    : blobs_(blobs), facts_(facts), findings_(findings), stop_(std::move(stop)) {}

void LinkCheck::check(const ListedImage& image) {
  Layers below;
  std::set<Digest> seen;
  for (const Digest& digest : image.layers) {
    if (!seen.insert(digest).second) continue;  // what it has was there before
    const auto known = facts_.find(digest);
    // One that cannot be read may have what is missing.
    if (known == facts_.end() || !is_sound(blobs_.at(digest), known->second)) return;
    check_layer(digest, known->second, below);
    below.push_back(&known->second);
  }
}

void LinkCheck::check_layer(const Digest& digest, const BlobFacts& layer, const Layers& below) {
  std::vector<Said> dangling;
  for (const auto& [target, link] : layer.open_links) {
    throw_if_stopped(stop_);
    if (!may_look_up(lookups_for(target) * (below.size() + 1))) break;
    // In the layer itself it would have to come before the link.
    if (layer.symlinks.has_parent_of(target) ||
        std::any_of(below.begin(), below.end(),
                    [&path = target](const BlobFacts* one) { return may_have(*one, path); })) {
      continue;
    }
    dangling.push_back({"hard links to entries before them, or of layers below",
                        dangling_link(link, target, layer.paths)});
  }
  for (Said& said : shortened(std::move(dangling))) {
    findings_.add(blobs_.at(digest).spot, "hard-link-target", std::move(said), digest);
  }
}

bool LinkCheck::may_look_up(std::size_t lookups) {
  lookups_ += lookups;
  if (lookups_ <= most_lookups) return true;
  findings_.add(
      Spot{}, "limit-exceeded",
      {"at most " + std::to_string(most_lookups) + " places to look for what hard links lead to",
       "more", "name one image with PATH:TAG"});
  return false;
}

}  // namespace ocimux
