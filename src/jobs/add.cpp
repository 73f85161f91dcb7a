#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>
#include <ocimux/spec/media_types.hpp>

#include "base/parallel.hpp"
#include "jobs/arrange.hpp"
#include "jobs/cargo_platforms.hpp"
#include "jobs/describe.hpp"
#include "jobs/edit_index.hpp"
#include "jobs/edit_json.hpp"
#include "jobs/edit_referrers.hpp"
#include "jobs/merge_steps.hpp"
#include "jobs/rootfs_layers.hpp"
#include "jobs/same_images.hpp"
#include "spec/descriptor_json.hpp"

#include <algorithm>

// In sentences: look at the index and the inputs, decide, ingest and describe the new images as
// merge does, and let them join the index as it is then.

namespace ocimux {
namespace {

EditTarget target_of(const ImageStore& store, const LocalReference& reference, Progress& progress) {
  try {
    return edit_target(store, reference, progress);
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    throw error.hinting("ocimux merge INPUT... -t NAME -o " + reference.path.string() +
                        " makes an index; ocimux ls says what there is");
  }
}

/// What merge would be told, to make images that fit into the index.
MergeOptions options_for(const AddOptions& options, const Descriptor& index) {
  MergeOptions merge = options.images;
  if (merge.inputs.empty()) throw Error(Errc::invalid_argument, "expected inputs, found none");
  const bool docker = index.media_type == media_type::docker_list;
  merge.format = docker ? ImageFormat::docker : ImageFormat::oci;
  for (const AnnotationOption& option : merge.annotations) {
    if (!docker || option.scope == AnnotationScope::manifest) continue;
    throw Error(
        Errc::invalid_argument,
        "expected no annotations with Docker's format, whose lists have none, found " + option.key);
  }
  return merge;
}

/// What becomes of an image whose platform a new one has.
enum class OldImages { stay, replaced };

/// Has new entries join an index.
class Joining {
 public:
  Joining(Edit& edit, EditedIndex edited, Progress& progress)
      : edit_(edit), edited_(std::move(edited)), progress_(progress) {
    for (const Descriptor& listed : edited_.index.manifests) {
      auto platform = listed_platform(edit.store, listed);
      if (!platform && is_attestation(listed)) platform = Platform{"unknown", "unknown"};
      platforms_.push_back(std::move(platform));
    }
  }

  /// Takes out whom @p entries replace. Throws Errc::conflict for one that none may replace.
  void make_room(const std::vector<Entry>& entries, OldImages images) {
    std::set<Digest> replaced;
    for (const Entry& entry : entries) {
      for (std::size_t i = 0; i < platforms_.size(); ++i) {
        if (!is_in_the_way(entry, i)) continue;
        const Descriptor& listed = edited_.index.manifests[i];
        if (images == OldImages::stay) {
          throw Error(Errc::conflict,
                      platforms_[i]->string() + ": expected no image in the index yet, found " +
                          listed.digest.string() + " beside " + entry.image.origin,
                      "--replace puts the new one in its place");
        }
        gone_.insert(i);
        replaced.insert(listed.digest);
      }
    }
    const auto attestations = attestations_of(edited_.index, replaced, gone_);
    gone_.insert(attestations.begin(), attestations.end());
    tell_of_referrers(edit_.store, replaced, "still refers to that", progress_);
  }

  /// Puts them in, each before the first one that comes behind it in merge's order.
  EditResult join(const std::vector<Entry>& entries, const AnnotationChanges& annotations) {
    EditResult result;
    std::vector<std::pair<std::optional<Platform>, Json>> all;
    const Json::Array before = array_member(edited_.json, "manifests");
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (!gone_.contains(i)) all.emplace_back(platforms_[i], before[i]);
    }
    erase_entries(edited_, gone_, result);
    for (const Entry& entry : entries) {
      if (entry.is_attestation() && lists(entry.descriptor->digest)) continue;
      const auto place = std::find_if(all.begin(), all.end(), [&](const auto& other) {
        return other.first && comes_before(entry, *other.first, other.second);
      });
      all.emplace(place, entry.platform, to_json(*entry.descriptor));
      result.added.push_back(*entry.descriptor);
    }
    Json::Array after;
    for (auto& [platform, json] : all) after.push_back(std::move(json));
    edited_.json.set("manifests", std::move(after));
    change_annotations(edited_.json, annotations);
    put_index(edit_, edited_, result);
    return result;
  }

 private:
  [[nodiscard]] bool is_in_the_way(const Entry& entry, std::size_t place) const {
    const auto& platform = platforms_[place];
    return !entry.is_attestation() && platform && !platform->unknown() &&
           tells_nothing_apart(entry.platform, *platform);
  }

  [[nodiscard]] bool lists(const Digest& digest) const {
    const auto& listed = edited_.index.manifests;
    return std::any_of(listed.begin(), listed.end(),
                       [&](const Descriptor& one) { return one.digest == digest; });
  }

  static bool comes_before(const Entry& entry, const Platform& platform, const Json& json) {
    const auto order = index_order(entry.platform, platform);
    if (order != 0 || !entry.is_attestation()) return order < 0;
    return entry.descriptor->digest.string() < string_member(json, "digest");
  }

  Edit& edit_;
  EditedIndex edited_;
  Progress& progress_;
  std::vector<std::optional<Platform>> platforms_;
  std::set<std::size_t> gone_;
};

AnnotationChanges annotations_of(const MergeOptions& options) {
  AnnotationChanges changes;
  for (const AnnotationOption& option : options.annotations) {
    if (option.scope == AnnotationScope::index) changes[option.key] = option.value;
  }
  return changes;
}

}  // namespace

AddResult add(const AddOptions& options, Progress& progress, const std::stop_token& stop) {
  const LocalReference reference = LocalReference::parse(options.edit.reference);
  check_registries(options.images);
  EditPlace place(reference, progress, stop);
  const OldImages images = options.replace ? OldImages::replaced : OldImages::stay;
  const auto find = [&](Edit& edit, Progress& to) {
    return Joining(edit, open_index(edit, target_of(edit.store, reference, to)), to);
  };

  const ImageStore before = place.store();
  const Descriptor index = within(
      place.name(), [&] { return target_of(before, reference, silent_progress()).descriptor; });
  const MergeOptions merge = options_for(options, index);
  const IngestOptions how = ingest_options(
      merge, place.is_archive() ? OutputPlace::Kind::archive : OutputPlace::Kind::layout);
  std::vector<Entry> entries = arrange(look(merge, progress, stop), merge, progress, stop);
  // All that can be refused is refused now; and again once the index is what it will be then.
  place.rehearse([&](Edit& edit) { find(edit, silent_progress()).make_room(entries, images); });
  check_layers(entries, how, progress);
  decide_layers(entries, merge, how, progress, stop);
  if (options.edit.dry_run) return {{}, merged_images(entries)};

  const Durability durability = options.edit.sync ? Durability::power_loss : Durability::kill;
  LayoutChange& change = place.change(durability);
  ingest(entries, how, change, progress, stop);
  describe(entries, how, change, progress);
  AddResult result;
  place.publish(
      [&](Edit& edit) {
        Joining joining = find(edit, progress);
        joining.make_room(entries, images);
        result.edit = joining.join(entries, annotations_of(merge));
        const LayoutChange::Totals totals = change.totals();
        result.blobs_written = totals.blobs;
        result.bytes_written = totals.bytes;
      },
      durability);
  result.images = merged_images(entries);
  return result;
}

}  // namespace ocimux
