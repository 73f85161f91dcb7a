#include <ocimux/jobs/merge.hpp>

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "jobs/arrange.hpp"
#include "jobs/describe.hpp"
#include "jobs/ingest.hpp"
#include "jobs/merge_steps.hpp"
#include "jobs/names.hpp"
#include "jobs/naming.hpp"
#include "jobs/output.hpp"
#include "jobs/rootfs_layers.hpp"

#include <algorithm>

// The main job, in sentences: look at the inputs, decide what goes where, ingest the layers,
// describe the images, publish. Until the last step nothing shows at the output.

namespace ocimux {
namespace {

/// A name and what it names: the index, or one of the images in it.
struct Naming {
  ImageName name;
  const Entry* entry = nullptr;  // null: the index
};

void check(const MergeOptions& options) {
  if (options.inputs.empty()) throw Error(Errc::invalid_argument, "expected inputs, found none");
  if (options.platform_tags && options.tags.empty()) {
    throw Error(Errc::invalid_argument,
                "expected a tag to make the platforms' tags from, found none", "add --tag NAME");
  }
  for (const AnnotationOption& option : options.annotations) {
    if (option.scope != AnnotationScope::manifest && options.format == ImageFormat::docker) {
      throw Error(Errc::invalid_argument,
                  "expected no annotations with Docker's format, whose lists have none, found " +
                      option.key,
                  "use --format oci");
    }
  }
}

// Two platforms, or a platform and the index, must not end under one name.
void add_naming(std::vector<Naming>& namings, Naming naming) {
  for (const Naming& other : namings) {
    if (!is_same_name(other.name, naming.name) || other.entry == naming.entry) continue;
    const bool platforms = other.entry != nullptr && naming.entry != nullptr;
    throw Error(Errc::conflict,
                "expected a tag of its own for each platform, found '" + naming.name.tag +
                    "' for " + (platforms ? "two" : "a platform and the index"),
                platforms ? "their Windows releases are the same: leave out --platform-tags"
                          : "leave out --tag " + naming.name.tag + ", or --platform-tags");
  }
  namings.push_back(std::move(naming));
}

std::vector<Naming> name_all(const std::vector<ImageName>& names, const MergeOptions& options,
                             const std::vector<Entry>& entries) {
  std::vector<Naming> namings;
  for (const ImageName& name : names) {
    add_naming(namings, {name});
    if (!options.platform_tags) continue;
    for (const Entry& entry : entries) {
      if (entry.is_attestation()) continue;
      add_naming(
          namings,
          {name.with_suffix(platform_suffix(entry.platform, entry.image.windows_name)), &entry});
    }
  }
  return namings;
}

std::vector<ImageName> names_of(const std::vector<Naming>& namings) {
  std::vector<ImageName> names;
  names.reserve(namings.size());
  for (const Naming& naming : namings) names.push_back(naming.name);
  return names;
}

/// What goes into index.json once all is described.
std::vector<IndexEntry> entries_of(const std::vector<Naming>& namings, const Descriptor& index) {
  std::vector<IndexEntry> entries;
  for (const Naming& naming : namings) {
    entries.push_back({naming.name, naming.entry == nullptr ? index : *naming.entry->descriptor});
  }
  if (namings.empty()) entries.push_back({{}, index});
  return entries;
}

MergeResult report(const std::vector<Entry>& entries, const std::vector<Naming>& namings,
                   const std::optional<Descriptor>& index) {
  MergeResult result;
  result.index = index;
  result.images = merged_images(entries);
  for (const Naming& naming : namings) {
    NamedDescriptor named{naming.name.tag, naming.name.full};
    const auto& descriptor = naming.entry == nullptr ? index : naming.entry->descriptor;
    if (descriptor) named.digest = descriptor->digest;
    result.names.push_back(std::move(named));
  }
  return result;
}

}  // namespace

MergeResult merge(const MergeOptions& options, Progress& progress, const std::stop_token& stop) {
  check(options);
  check_registries(options);
  const OutputPlace place = OutputPlace::parse(options.output);
  const IngestOptions how = ingest_options(options, place.kind);
  const std::vector<ImageName> names = parse_names(options.tags);
  if (!options.replace) place.refuse_to_overwrite();
  const Index before = place.index();

  std::vector<Entry> entries = arrange(look(options, progress, stop), options, progress, stop);
  const std::vector<Naming> namings = name_all(names, options, entries);
  if (!options.replace) {
    within(options.output, [&] { refuse_existing_tags(before, names_of(namings)); });
  }
  for (const ImageName& name : names_of(namings)) {
    within(options.output, [&] { refuse_ambiguous_name(before.manifests, name); });
  }
  check_layers(entries, how, progress);
  decide_layers(entries, options, how, progress, stop);
  if (options.dry_run) return report(entries, namings, std::nullopt);

  Output output(place, options.sync ? Durability::power_loss : Durability::kill,
                options.replace ? OldArchive::replaced : OldArchive::stays);
  ingest(entries, how, output.change(), progress, stop);
  describe(entries, how, output.change(), progress);
  const Descriptor index = describe_index(entries, options, output.change());
  const LayoutChange::Totals totals = output.change().totals();
  throw_if_stopped(stop);
  const std::vector<IndexEntry> put = entries_of(namings, index);
  const ExistingTags tags = options.replace ? ExistingTags::moved : ExistingTags::refused;
  output.publish(
      [&](const Index& now) {
        return within(options.output, [&] { return with_entries(now, put, tags); });
      },
      progress, stop);

  MergeResult result = report(entries, namings, index);
  result.blobs_written = totals.blobs;
  result.bytes_written = totals.bytes;
  return result;
}

}  // namespace ocimux
