#pragma once

#include "jobs/cargo.hpp"
#include "jobs/cargo_documents.hpp"

#include <map>
#include <vector>

namespace ocimux {

/// Follows descriptors down to manifests, each document once.
class CargoWalk final {
 public:
  explicit CargoWalk(Documents& documents) : documents_(documents) {}

  /// Takes up a manifest or index and all below it. Throws Errc::not_found for a document that is
  /// missing, Errc::corrupt for one that is not what its descriptor says, for two descriptors of
  /// one document that contradict each other, and for more than eight levels of indexes.
  void visit(const Descriptor& descriptor) { visit(descriptor, 0); }

  [[nodiscard]] bool has(const Digest& digest) const { return seen_.contains(digest); }
  /// What was taken up, in the order in which it was met.
  [[nodiscard]] const std::vector<Digest>& met() const { return met_; }

  /// All documents: manifests, those that speak of others (by `subject`, or as @p about says)
  /// behind what they speak of; then indexes, each behind those it lists.
  std::vector<CargoDocument> take(const std::map<Digest, Digest>& about);

 private:
  void visit(const Descriptor& descriptor, int depth);
  bool is_new(const Descriptor& descriptor);
  void add_index(const Descriptor& descriptor, int depth);
  void add_manifest(const Descriptor& descriptor);

  Documents& documents_;
  std::map<Digest, Descriptor> seen_;
  std::vector<Digest> met_;
  std::vector<CargoDocument> manifests_;
  std::vector<CargoDocument> indexes_;
};

}  // namespace ocimux
