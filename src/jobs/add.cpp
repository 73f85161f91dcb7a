#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/add_join.hpp"
#include "jobs/arrange.hpp"
#include "jobs/describe.hpp"
#include "jobs/merge_steps.hpp"
#include "jobs/rootfs_layers.hpp"

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

  const ImageStore before = place.store();
  const Descriptor index = within(
      place.name(), [&] { return target_of(before, reference, silent_progress()).descriptor; });
  const MergeOptions merge = options_for(options, index);
  const IngestOptions how = ingest_options(
      merge, place.is_archive() ? OutputPlace::Kind::archive : OutputPlace::Kind::layout);
  std::vector<Entry> entries = arrange(look(merge, progress, stop), merge, progress, stop);
  const auto make_room = [&](Edit& edit, Progress& to) {
    Joining joining(edit, open_index(edit, target_of(edit.store, reference, to)), how, to);
    joining.make_room(entries, images);
    return joining;
  };
  AddResult result;
  // All that can be refused is refused now; and again once the index is what it will be then.
  place.rehearse(
      [&](Edit& edit) { result.stayed = make_room(edit, silent_progress()).stayed(entries); });
  check_layers(entries, how, progress);
  decide_layers(entries, merge, how, progress, stop);
  result.images = merged_images(entries);
  if (options.edit.dry_run) return result;

  const Durability durability = options.edit.sync ? Durability::power_loss : Durability::kill;
  LayoutChange& change = place.change(durability);
  ingest(entries, how, change, progress, stop);
  describe(entries, how, change, progress);
  place.publish(
      [&](Edit& edit) {
        Joining joining = make_room(edit, progress);
        result.stayed = joining.stayed(entries);
        result.edit = joining.join(entries, annotations_of(merge));
        const EditedName& name = result.edit.names.front();
        if (name.before == name.after) return;  // what was gathered stays where it was
        const LayoutChange::Totals totals = change.totals();
        result.blobs_written = totals.blobs;
        result.bytes_written = totals.bytes;
      },
      durability);
  result.images = merged_images(entries);
  return result;
}

}  // namespace ocimux
