#include "jobs/add_join.hpp"

#include "jobs/cargo_platforms.hpp"
#include "jobs/edit_referrers.hpp"
#include "jobs/same_images.hpp"
#include "spec/descriptor_json.hpp"

#include <algorithm>

namespace ocimux {
namespace {

/// An annotation that an option asks for and @p listed does not have; null for none. Those that
/// came along with the image ask for nothing.
const Annotations::value_type* missing_annotation(const Entry& entry, const Descriptor& listed) {
  const StoredImage* stored = entry.stored();
  for (const auto& annotation : entry.annotations) {
    const auto is_in = [&](const Annotations& all) {
      const auto found = all.find(annotation.first);
      return found != all.end() && found->second == annotation.second;
    };
    if (is_in(listed.annotations)) continue;
    if (stored == nullptr || !is_in(stored->descriptor.annotations)) return &annotation;
  }
  return nullptr;
}

bool comes_before(const Entry& entry, const Platform& platform, const Json& json) {
  const auto order = index_order(entry.platform, platform);
  if (order != 0 || !entry.is_attestation()) return order < 0;
  return entry.descriptor->digest.string() < string_member(json, "digest");
}

}  // namespace

Joining::Joining(Edit& edit, EditedIndex edited, const IngestOptions& how, Progress& progress)
    : edit_(edit), edited_(std::move(edited)), how_(how), progress_(progress) {
  for (const Descriptor& listed : edited_.index.manifests) {
    auto platform = listed_platform(edit.store, listed);
    if (!platform && is_attestation(listed)) platform = Platform{"unknown", "unknown"};
    platforms_.push_back(std::move(platform));
  }
}

void Joining::make_room(const std::vector<Entry>& entries, OldImages images) {
  std::set<Digest> replaced;
  for (const Entry& entry : entries) {
    // Beside what is there others of its platform may be, which is for verify to tell.
    if (images == OldImages::stay && find(entry) != nullptr) continue;
    const Digest* digest = digest_of(entry);
    for (std::size_t i = 0; i < platforms_.size(); ++i) {
      if (!is_in_the_way(entry, i) || is_there(entry, i)) continue;
      if (images == OldImages::stay) {
        if (digest == nullptr) continue;
        throw conflict(entry, i);
      }
      gone_.insert(i);
      const Digest& old = edited_.index.manifests[i].digest;
      if (digest == nullptr || old != *digest) replaced.insert(old);
    }
  }
  const auto attestations = attestations_of(edited_.index, replaced, gone_);
  gone_.insert(attestations.begin(), attestations.end());
  tell_of_referrers(edit_.store, replaced, "still refers to that", progress_);
}

std::vector<Descriptor> Joining::stayed(const std::vector<Entry>& entries) const {
  std::vector<Descriptor> all;
  for (const Entry& entry : entries) {
    if (const Descriptor* there = find(entry)) all.push_back(*there);
  }
  return all;
}

EditResult Joining::join(const std::vector<Entry>& entries, const AnnotationChanges& annotations) {
  EditResult result;
  std::vector<Placed> all = left();
  for (const Entry& entry : entries) {
    if (find(entry) != nullptr) continue;
    const auto place = std::find_if(all.begin(), all.end(), [&](const Placed& other) {
      return other.first && comes_before(entry, *other.first, other.second);
    });
    all.emplace(place, entry.platform, to_json(*entry.descriptor));
    result.added.push_back(*entry.descriptor);
  }
  erase_entries(edited_, gone_, result);
  Json::Array after;
  for (auto& [platform, json] : all) after.push_back(std::move(json));
  edited_.json.set("manifests", std::move(after));
  change_annotations(edited_.json, annotations);
  put_index(edit_, edited_, result);
  return result;
}

const Digest* Joining::digest_of(const Entry& entry) const {
  if (entry.descriptor) return &entry.descriptor->digest;
  const StoredImage* stored = entry.stored();
  if (stored == nullptr || how_.recompress || !entry.manifest_annotations.empty()) return nullptr;
  return &stored->descriptor.digest;
}

bool Joining::is_in_the_way(const Entry& entry, std::size_t place) const {
  const auto& platform = platforms_[place];
  return !entry.is_attestation() && platform && !platform->unknown() &&
         tells_nothing_apart(entry.platform, *platform);
}

bool Joining::is_there(const Entry& entry, std::size_t place) const {
  const Descriptor& listed = edited_.index.manifests[place];
  const Digest* digest = digest_of(entry);
  if (digest == nullptr || *digest != listed.digest || gone_.contains(place)) return false;
  return entry.is_attestation() ||
         (platforms_[place] == entry.platform && missing_annotation(entry, listed) == nullptr);
}

const Descriptor* Joining::find(const Entry& entry) const {
  for (std::size_t i = 0; i < platforms_.size(); ++i) {
    if (is_there(entry, i)) return &edited_.index.manifests[i];
  }
  return nullptr;
}

Error Joining::conflict(const Entry& entry, std::size_t place) const {
  const Descriptor& listed = edited_.index.manifests[place];
  const std::string where = platforms_[place]->string() + ": expected no image in the index yet";
  const auto* missing = missing_annotation(entry, listed);
  const Digest* digest = digest_of(entry);
  if (digest != nullptr && *digest == listed.digest && missing != nullptr) {
    return {Errc::conflict,
            where + ", found " + listed.digest.string() + ", the same without " + missing->first +
                "=" + missing->second,
            "ocimux annotate changes annotations of what is there; so does --replace"};
  }
  return {Errc::conflict,
          where + ", found " + listed.digest.string() + " beside " + entry.image.origin,
          "--replace puts the new one in its place"};
}

std::vector<Joining::Placed> Joining::left() const {
  std::vector<Placed> all;
  const Json::Array& entries = array_member(edited_.json, "manifests");
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!gone_.contains(i)) all.emplace_back(platforms_[i], entries[i]);
  }
  return all;
}

}  // namespace ocimux
