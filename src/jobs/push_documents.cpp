#include "jobs/push_documents.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/push_referrers.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace ocimux {
namespace {

/// Who must be stored before whom: manifests, referrers, indexes; of each kind those that others
/// need first.
using Rank = std::pair<int, std::size_t>;

class Ranks {
 public:
  explicit Ranks(const Cargo& cargo) {
    for (const CargoDocument& document : cargo.documents) {
      const bool index = media_type::is_index(document.descriptor.media_type);
      const int kind = index ? 2 : document.subject ? 1 : 0;
      std::size_t depth = 0;
      for (const Digest& child : document.children) depth = std::max(depth, after(child, kind));
      if (document.subject) depth = std::max(depth, after(*document.subject, kind));
      ranks_.emplace(document.descriptor.digest, Rank{kind, depth});
    }
  }

  [[nodiscard]] const Rank& of(const Digest& digest) const { return ranks_.at(digest); }

 private:
  // What comes later in the cargo is needed by nothing before it.
  [[nodiscard]] std::size_t after(const Digest& digest, int kind) const {
    const auto found = ranks_.find(digest);
    return found == ranks_.end() || found->second.first != kind ? 0 : found->second.second + 1;
  }

  std::map<Digest, Rank> ranks_;
};

struct Parcel {
  Destination* destination;
  const CargoDocument* document;
};

struct Label {
  const Destination* destination;
  const PushTarget::Tag* tag;
};

}  // namespace

void send_documents(const Cargo& cargo, std::vector<Destination>& destinations,
                    const PushOptions& options, PushResult& result, const std::stop_token& stop) {
  const Ranks ranks(cargo);
  std::map<Rank, std::vector<Parcel>> parcels;
  for (Destination& destination : destinations) {
    for (const Digest& digest : destination.target.documents) {
      if (!destination.lacks(digest) || destination.only_tagged.contains(digest)) continue;
      parcels[ranks.of(digest)].push_back({&destination, cargo.document(digest)});
      ++result.manifests_sent;
    }
  }
  ReferrerLists lists(cargo, destinations);
  if (options.dry_run) return;
  std::mutex mutex;
  for (auto& [rank, all] : parcels) {
    parallel_for_each(all, options.jobs, stop, [&](const Parcel& parcel, const auto& /*inner*/) {
      const CargoDocument& document = *parcel.document;
      const bool listed = within(parcel.destination->name(), [&] {
        return parcel.destination->repository.put_manifest(document.descriptor.digest.string(),
                                                           document.descriptor, document.text);
      });
      if (!listed) return;
      const std::lock_guard lock(mutex);
      lists.keeps_list(*parcel.destination);
    });
  }
  lists.update(options.jobs, stop);
}

void send_tags(const Cargo& cargo, std::vector<Destination>& destinations,
               const PushOptions& options, PushResult& result, const std::stop_token& stop) {
  const Ranks ranks(cargo);
  std::map<Rank, std::vector<Label>> labels;
  for (Destination& destination : destinations) {
    const auto& tags = destination.target.tags;
    for (std::size_t i = 0; i < tags.size(); ++i) {
      if (destination.right_tags[i]) continue;
      labels[ranks.of(tags[i].digest)].push_back({&destination, &tags[i]});
      ++result.tags_sent;
    }
  }
  if (options.dry_run) return;
  // In the same order: while a manifest gets its tag, distribution writes its link anew, and finds
  // it missing when it looks at an index meanwhile.
  for (const auto& [rank, all] : labels) {
    parallel_for_each(all, options.jobs, stop, [&](const Label& label, const auto& /*inner*/) {
      const CargoDocument& document = *cargo.document(label.tag->digest);
      within(label.destination->name() + ":" + label.tag->tag, [&] {
        static_cast<void>(label.destination->repository.put_manifest(
            label.tag->tag, document.descriptor, document.text));
      });
    });
  }
}

}  // namespace ocimux
