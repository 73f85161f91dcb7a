#pragma once

#include <ocimux/jobs/match.hpp>

#include "jobs/runtime_rules.hpp"
#include "source/image_store.hpp"

#include <map>
#include <vector>

namespace ocimux {

/// What there is to choose from, in the order of the index.
struct Choice {
  std::vector<MatchCandidate> candidates;
  ListKind kind = ListKind::oci_index;
  bool lone = false;  ///< an image that is in no index: its config's platform counts
};

/// What is known of the documents that descriptors name.
struct KnownImages {
  const ImageStore* store = nullptr;     ///< null where there is none
  std::map<Digest, Platform> platforms;  ///< of the configs, by the manifest's digest
};

/// The candidates of @p descriptors, none of them chosen.
std::vector<MatchCandidate> candidates_of(const std::vector<Descriptor>& descriptors,
                                          const KnownImages& known);

/// The candidates in the order of @p rule, each with its verdict and reason. Of an index inside the
/// index, where it is chosen and looked into, its entries.
std::vector<MatchCandidate> choose(const RuntimeRule& rule, const Choice& choice,
                                   const KnownImages& known);

}  // namespace ocimux
