#include "jobs/cargo_walk.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace ocimux {
namespace {

/// How many documents stand between a manifest and what speaks of nothing here.
class Levels {
 public:
  Levels(const std::vector<CargoDocument>& manifests, const std::map<Digest, Digest>& about) {
    for (const CargoDocument& document : manifests) {
      const Digest& digest = document.descriptor.digest;
      const auto found = about.find(digest);
      if (document.subject) {
        subjects_.emplace(digest, *document.subject);
      } else if (found != about.end()) {
        subjects_.emplace(*found);
      }
    }
  }

  // Up the chain and down again: a chain may be as long as there are documents.
  std::size_t of(const Digest& digest) {
    std::vector<Digest> chain;
    std::size_t level = 0;
    for (const Digest* at = &digest;;) {
      const auto known = levels_.find(*at);
      if (known != levels_.end()) {
        level = known->second;
        break;
      }
      const auto subject = subjects_.find(*at);
      if (subject == subjects_.end()) break;
      levels_.emplace(*at, 1);  // should it come again, it ends here
      chain.push_back(*at);
      at = &subject->second;
    }
    std::reverse(chain.begin(), chain.end());
    for (const Digest& above : chain) levels_[above] = ++level;
    return level;
  }

 private:
  std::map<Digest, Digest> subjects_;
  std::map<Digest, std::size_t> levels_;
};

Error contradiction(const Descriptor& one, const Descriptor& other) {
  const auto said = [](const Descriptor& descriptor) {
    return descriptor.media_type + " of " + std::to_string(descriptor.size) + " bytes";
  };
  return {Errc::corrupt, one.digest.string() + ": expected one media type and size, found " +
                             said(one) + " and " + said(other)};
}

}  // namespace

void CargoWalk::visit(const Descriptor& descriptor, int depth) {
  if (!is_new(descriptor)) return;
  check_depth(depth);
  media_type::is_index(descriptor.media_type) ? add_index(descriptor, depth)
                                              : add_manifest(descriptor);
}

bool CargoWalk::is_new(const Descriptor& descriptor) {
  const auto [known, added] = seen_.emplace(descriptor.digest, descriptor);
  if (added) {
    met_.push_back(descriptor.digest);
  } else if (known->second.media_type != descriptor.media_type ||
             known->second.size != descriptor.size) {
    throw contradiction(known->second, descriptor);
  }
  return added;
}

void CargoWalk::add_index(const Descriptor& descriptor, int depth) {
  CargoDocument document{descriptor, documents_.text(descriptor)};
  const Index index = within(descriptor.digest.string(),
                             [&] { return Index::parse(document.text, descriptor.media_type); });
  document.subject = subject_of(index);
  std::set<Digest> listed;
  for (const Descriptor& child : index.manifests) {
    if (!is_document(child)) {
      // Of any size and kind (image-index.md: unknown media types are no error).
      documents_.learn(child);
      document.blobs.push_back(child);
      continue;
    }
    if (listed.insert(child.digest).second) document.children.push_back(child.digest);
    within(descriptor.digest.string(), [&] { visit(child, depth + 1); });
  }
  indexes_.push_back(std::move(document));
}

void CargoWalk::add_manifest(const Descriptor& descriptor) {
  CargoDocument document{descriptor, documents_.text(descriptor)};
  within(descriptor.digest.string(), [&] {
    Manifest manifest = Manifest::parse(document.text, descriptor.media_type);
    if (manifest.subject) document.subject = manifest.subject->digest;
    document.blobs.push_back(std::move(manifest.config));
    std::move(manifest.layers.begin(), manifest.layers.end(), std::back_inserter(document.blobs));
  });
  for (const Descriptor& blob : document.blobs) documents_.learn(blob);
  manifests_.push_back(std::move(document));
}

std::vector<CargoDocument> CargoWalk::take(const std::map<Digest, Digest>& about) {
  Levels levels(manifests_, about);
  std::vector<std::pair<std::size_t, CargoDocument>> sorted;
  sorted.reserve(manifests_.size());
  for (CargoDocument& document : manifests_) {
    const std::size_t level = levels.of(document.descriptor.digest);
    sorted.emplace_back(level, std::move(document));
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<CargoDocument> documents;
  documents.reserve(sorted.size() + indexes_.size());
  for (auto& [level, document] : sorted) documents.push_back(std::move(document));
  std::move(indexes_.begin(), indexes_.end(), std::back_inserter(documents));
  return documents;
}

}  // namespace ocimux
