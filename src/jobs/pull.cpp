#include <ocimux/jobs/pull.hpp>

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "jobs/fetch_blobs.hpp"
#include "jobs/naming.hpp"
#include "jobs/output.hpp"
#include "jobs/pull_from.hpp"
#include "jobs/registry_input.hpp"
#include "jobs/remote_cargo.hpp"
#include "registry/open_repository.hpp"

#include <algorithm>
#include <set>

// In sentences: look at the documents of the registry, decide what goes where, ingest the blobs
// that the output lacks, publish. Until the last step nothing shows at the output.

namespace ocimux {
namespace {

// As the registry has it, or as the options say; none for what only its digest names.
std::vector<ImageName> names_of(const Reference& reference, const PullOptions& options) {
  if (!options.tags.empty()) return parse_names(options.tags);
  if (reference.tag.empty() && reference.digest) return {};
  const std::string tag = reference.tag.empty() ? "latest" : reference.tag;
  return {ImageName::parse(reference.host + "/" + reference.repository + ":" + tag)};
}

// What is known by its digest alone says nothing of itself here: annotations could pass for names.
Descriptor bare(const Descriptor& descriptor) {
  return {descriptor.media_type, descriptor.digest, descriptor.size};
}

/// The blobs of the output, where it is a layout that is there.
std::optional<BlobStore> blobs_in(const OutputPlace& place) {
  if (place.kind != OutputPlace::Kind::layout || !is_layout_place(place.path)) return std::nullopt;
  return Layout::open(place.path).blobs();
}

/// Everything that index.json is to list: the image under its names, and what speaks of it, which
/// no index lists.
std::vector<IndexEntry> entries_of(const Cargo& cargo, const std::vector<ImageName>& names) {
  std::vector<IndexEntry> entries;
  const Digest& root = cargo.roots.front();
  const auto descriptor_of = [&](const Digest& digest) {
    return bare(cargo.document(digest)->descriptor);
  };
  for (const ImageName& name : names) entries.push_back({name, descriptor_of(root)});
  if (names.empty()) entries.push_back({{}, descriptor_of(root)});
  std::set<Digest> listed{root};
  for (const CargoDocument& document : cargo.documents) {
    listed.insert(document.children.begin(), document.children.end());
  }
  for (const CargoName& name : cargo.names) {
    if (!name.about) continue;
    entries.push_back({name.name, descriptor_of(name.digest)});
    listed.insert(name.digest);
  }
  for (const CargoDocument& document : cargo.documents) {
    if (!document.subject || listed.contains(document.descriptor.digest)) continue;
    entries.push_back({{}, bare(document.descriptor)});
  }
  return entries;
}

// A tag that names the same already is neither moved nor in the way.
std::vector<IndexEntry> missing_in(const Index& index, const std::vector<IndexEntry>& entries) {
  std::vector<IndexEntry> missing = entries;
  std::erase_if(missing, [&](const IndexEntry& entry) {
    if (!entry.name) return false;
    const Descriptor expected = named(entry.descriptor, *entry.name);
    return std::any_of(index.manifests.begin(), index.manifests.end(), [&](const Descriptor& one) {
      return one.digest == expected.digest && one.annotations == expected.annotations;
    });
  });
  return missing;
}

void refuse_existing(const Index& index, const std::vector<IndexEntry>& entries) {
  std::vector<ImageName> names;
  for (const IndexEntry& entry : missing_in(index, entries)) {
    if (entry.name) names.push_back(*entry.name);
  }
  refuse_existing_tags(index, names);
}

PullResult report(const Cargo& cargo, const std::vector<IndexEntry>& entries,
                  const LayoutChange::Totals& totals) {
  PullResult result{bare(cargo.document(cargo.roots.front())->descriptor),
                    {},
                    cargo.replaced,
                    static_cast<std::size_t>(totals.blobs),
                    totals.bytes};
  for (const IndexEntry& entry : entries) {
    if (!entry.name) continue;
    result.names.push_back({entry.name->tag, entry.name->full, entry.descriptor.digest});
  }
  return result;
}

/// What is to be written. By size alone: what is there is read only when something is.
LayoutChange::Totals missing_from(const std::optional<BlobStore>& there, const Cargo& cargo,
                                  const std::vector<WantedBlob>& blobs) {
  LayoutChange::Totals totals;
  const auto count = [&](const Descriptor& descriptor) {
    if (there && there->size_of(descriptor.digest) == descriptor.size) return;
    ++totals.blobs;
    totals.bytes += descriptor.size;
  };
  for (const CargoDocument& document : cargo.documents) count(document.descriptor);
  for (const WantedBlob& blob : blobs) count(blob.descriptor);
  return totals;
}

void put_documents(const Cargo& cargo, LayoutChange& change) {
  for (const CargoDocument& document : cargo.documents) {
    change.put(document.text, document.descriptor.digest.algorithm());
  }
}

}  // namespace

PullResult pull_from(const Reference& reference, const std::function<Repository()>& open,
                     const PullOptions& options, Progress& progress, const std::stop_token& stop) {
  const std::vector<ImageName> names = names_of(reference, options);
  const OutputPlace place = OutputPlace::parse(options.output);
  const ExistingTags tags = options.replace ? ExistingTags::moved : ExistingTags::refused;
  if (!options.replace) place.refuse_to_overwrite();
  const Index before = place.index();
  const std::optional<BlobStore> there = blobs_in(place);
  const auto of_source = [&](const auto& work) { return within(name_of(reference), work); };

  const Repository repository = of_source(open);
  const Cargo cargo = gather_remote(reference, repository, there, options, progress, stop);
  const std::vector<IndexEntry> entries = entries_of(cargo, names);
  if (!options.replace) within(options.output, [&] { refuse_existing(before, entries); });
  const std::vector<WantedBlob> blobs =
      of_source([&] { return wanted_blobs(cargo, repository, progress); });
  if (options.dry_run) return report(cargo, entries, missing_from(there, cargo, blobs));

  Output output(place, options.sync ? Durability::power_loss : Durability::kill,
                options.replace ? OldArchive::replaced : OldArchive::stays);
  of_source([&] { fetch_blobs(blobs, cargo, options.jobs, output.change(), progress, stop); });
  put_documents(cargo, output.change());
  const LayoutChange::Totals totals = output.change().totals();
  throw_if_stopped(stop);
  const auto edit = [&](const Index& now) {
    return within(options.output,
                  [&] { return with_entries(now, missing_in(now, entries), tags); });
  };
  output.publish(edit, progress, stop);
  return report(cargo, entries, totals);
}

PullResult pull(const PullOptions& options, Progress& progress, const std::stop_token& stop) {
  const Reference reference = Reference::parse(options.source);
  const auto open = [&] { return open_repository(reference, options.registry, progress, stop); };
  return pull_from(reference, open, options, progress, stop);
}

}  // namespace ocimux
