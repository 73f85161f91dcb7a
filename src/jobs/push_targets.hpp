#pragma once

#include "jobs/cargo.hpp"
#include "registry/reference.hpp"

#include <set>
#include <string>
#include <vector>

namespace ocimux {

/// What goes to one repository.
struct PushTarget {
  Reference repository;  ///< without tag and digest
  struct Tag {
    std::string tag;
    Digest digest;
  };
  std::vector<Tag> tags;          ///< in the order of the cargo's names
  std::vector<Digest> documents;  ///< in the order of the cargo's documents
};

/// Decides which names of @p cargo go where: every destination gets all of it, or, with a prefix,
/// each image goes under its own name below it; without both, to where its full name says.
/// Throws Errc::invalid_argument for a destination that is none, names without a registry, and two
/// images that would get one name (Errc::conflict).
std::vector<PushTarget> push_targets(const Cargo& cargo, const PushOptions& options);

}  // namespace ocimux
