#pragma once

#include "jobs/cargo.hpp"
#include "jobs/destination.hpp"

#include <cstddef>
#include <set>
#include <stop_token>
#include <vector>

namespace ocimux {

/// The lists of referrers, where registries keep none themselves: an index under a tag that is made
/// of the subject's digest (distribution-spec, "Referrers Tag Schema"). Two clients that change one
/// list at once may lose what one of them wrote; the protocol has nothing against that.
class ReferrerLists final {
 public:
  ReferrerLists(const Cargo& cargo, std::vector<Destination>& destinations);

  /// The registry of @p destination has said that it keeps them itself.
  void keeps_list(const Destination& destination) { keepers_.insert(&destination); }

  /// Adds to the lists what they lack; what others have put there stays. Registries that did not
  /// say whether they keep lists are asked.
  void update(std::size_t jobs, const std::stop_token& stop);

 private:
  /// One list: those that speak of one document.
  struct List {
    Destination* destination;
    Digest subject;
    std::vector<const CargoDocument*> referrers;
  };
  static void update(const List& list);

  std::vector<List> lists_;
  std::set<const Destination*> keepers_;
};

}  // namespace ocimux
