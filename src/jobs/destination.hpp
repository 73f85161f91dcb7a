#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo.hpp"
#include "jobs/push_targets.hpp"
#include "registry/open_repository.hpp"

#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// A repository that is pushed to, and what it has of what goes there.
struct Destination {
  PushTarget target;
  Repository repository;
  std::set<Digest> documents = {};    ///< of the target's, that are there
  std::vector<bool> right_tags = {};  ///< of the target's tags: names that digest already
  /// Documents that nothing but their tags need: those store them.
  std::set<Digest> only_tagged = {};

  /// `HOST/REPO`.
  [[nodiscard]] std::string name() const { return target.repository.string(); }
  [[nodiscard]] bool lacks(const Digest& document) const { return !documents.contains(document); }
};

/// Opens the repositories that @p targets name.
std::vector<Destination> open_destinations(const Cargo& cargo, std::vector<PushTarget> targets,
                                           Registries& registries);

/// Asks every destination for its documents and tags: a request each, @p jobs at a time.
void ask_destinations(std::vector<Destination>& destinations, std::size_t jobs,
                      const std::stop_token& stop);

}  // namespace ocimux
