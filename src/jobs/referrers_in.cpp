#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo.hpp"
#include "jobs/cargo_documents.hpp"
#include "jobs/referrer_tags.hpp"

#include <memory>
#include <set>
#include <utility>

namespace ocimux {
namespace {

/// Entries of index.json by what they speak of.
class ReferrerTable {
 public:
  explicit ReferrerTable(const ImageStore& store) {
    // Without its index.json, which would be copied for each of the entries.
    const ImageStore blobs{store.name, {}, store.find};
    for (const Descriptor& descriptor : store.index.manifests) add(blobs, descriptor);
  }

  [[nodiscard]] std::vector<Descriptor> of(const Digest& digest) const {
    const auto found = table_.find(digest);
    return found == table_.end() ? std::vector<Descriptor>() : found->second;
  }

 private:
  void add(const ImageStore& store, const Descriptor& descriptor) {
    if (!is_document(descriptor)) return;
    const std::string tag = tag_of(descriptor);
    if (const auto subject = cosign_subject(tag)) return add(*subject, descriptor, tag);
    const bool index = media_type::is_index(descriptor.media_type);
    // Each is read on its own: kept are only its descriptors.
    Documents documents(store);
    if (!store.find(descriptor)) return;
    within(store.name, [&] {
      if (const auto subject = subject_of(documents, descriptor)) add(*subject, descriptor);
      const auto subject = index ? fallback_subject(tag) : std::nullopt;
      if (!subject) return;
      const Index listed = Index::parse(documents.text(descriptor), descriptor.media_type);
      for (const Descriptor& child : listed.manifests) add(*subject, child);
    });
  }

  void add(const Digest& subject, Descriptor descriptor, const std::string& tag = {}) {
    if (!known_.insert({subject, descriptor.digest.string() + tag}).second) return;
    if (tag.empty()) {
      // A name that it has here is none that speaks of anything.
      descriptor.annotations.erase(std::string(annotation::ref_name));
      descriptor.annotations.erase(std::string(annotation::image_name));
    }
    table_[subject].push_back(std::move(descriptor));
  }

  std::map<Digest, std::vector<Descriptor>> table_;
  std::set<std::pair<Digest, std::string>> known_;
};

}  // namespace

Referrers referrers_in(const ImageStore& store) {
  return [table = std::make_shared<const ReferrerTable>(store)](const Digest& digest) {
    return table->of(digest);
  };
}

}  // namespace ocimux
