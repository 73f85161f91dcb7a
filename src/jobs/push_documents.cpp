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
using Stage = std::pair<int, std::size_t>;

class Stages {
 public:
  explicit Stages(const Cargo& cargo) {
    for (const CargoDocument& document : cargo.documents) {
      const bool index = media_type::is_index(document.descriptor.media_type);
      const int kind = index ? 2 : document.subject ? 1 : 0;
      std::size_t depth = 0;
      for (const Digest& child : document.children) depth = std::max(depth, after(child, kind));
      if (document.subject) depth = std::max(depth, after(*document.subject, kind));
      stages_.emplace(document.descriptor.digest, Stage{kind, depth});
    }
  }

  [[nodiscard]] const Stage& of(const Digest& digest) const { return stages_.at(digest); }

 private:
  // What comes later in the cargo is needed by nothing before it.
  [[nodiscard]] std::size_t after(const Digest& digest, int kind) const {
    const auto found = stages_.find(digest);
    return found == stages_.end() || found->second.first != kind ? 0 : found->second.second + 1;
  }

  std::map<Digest, Stage> stages_;
};

struct Parcel {
  Destination* destination;
  const CargoDocument* document;
};

struct Label {
  Destination* destination;
  std::size_t tag;
};

}  // namespace

void send_documents(const Cargo& cargo, std::vector<Destination>& destinations,
                    const PushOptions& options, PushResult& result, const std::stop_token& stop) {
  const Stages stages(cargo);
  std::map<Stage, std::vector<Parcel>> parcels;
  for (Destination& destination : destinations) {
    for (const Digest& digest : destination.target.documents) {
      if (!destination.lacks(digest) || destination.only_tagged.contains(digest)) continue;
      parcels[stages.of(digest)].push_back({&destination, cargo.document(digest)});
      ++result.manifests_sent;
    }
  }
  ReferrerLists lists(cargo, destinations);
  if (options.dry_run) return;
  std::mutex mutex;
  for (auto& [stage, all] : parcels) {
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
  std::vector<Label> labels;
  for (Destination& destination : destinations) {
    for (std::size_t i = 0; i < destination.target.tags.size(); ++i) {
      if (!destination.right_tags[i]) labels.push_back({&destination, i});
    }
  }
  result.tags_sent = labels.size();
  if (options.dry_run) return;
  parallel_for_each(labels, options.jobs, stop, [&](const Label& label, const auto& /*inner*/) {
    const PushTarget::Tag& tag = label.destination->target.tags[label.tag];
    const CargoDocument& document = *cargo.document(tag.digest);
    within(label.destination->name() + ":" + tag.tag, [&] {
      label.destination->repository.put_manifest(tag.tag, document.descriptor, document.text);
    });
  });
}

}  // namespace ocimux
