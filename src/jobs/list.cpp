#include <ocimux/base/error.hpp>
#include <ocimux/jobs/list.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/cargo_platforms.hpp"
#include "jobs/names.hpp"
#include "jobs/referrer_tags.hpp"
#include "source/open_store.hpp"

#include <map>

namespace ocimux {
namespace {

/// What is below one entry.
class EntryWalk {
 public:
  EntryWalk(Documents& documents, ListedEntry& entry) : documents_(documents), entry_(entry) {}

  void visit(const Descriptor& descriptor, int depth = 0) {
    if (!sizes_.emplace(descriptor.digest, descriptor.size).second) return;
    check_depth(depth);
    if (media_type::is_index(descriptor.media_type)) return visit_index(descriptor, depth);
    if (media_type::is_manifest(descriptor.media_type)) visit_manifest(descriptor);
  }

  [[nodiscard]] const std::map<Digest, std::int64_t>& sizes() const { return sizes_; }

 private:
  void visit_index(const Descriptor& descriptor, int depth) {
    const Index index = Index::parse(documents_.text(descriptor), descriptor.media_type);
    for (const Descriptor& child : index.manifests) visit(child, depth + 1);
  }

  void visit_manifest(const Descriptor& descriptor) {
    const Manifest manifest = Manifest::parse(documents_.text(descriptor), descriptor.media_type);
    sizes_.emplace(manifest.config.digest, manifest.config.size);
    for (const Descriptor& layer : manifest.layers) sizes_.emplace(layer.digest, layer.size);
    if (!media_type::is_config(manifest.config.media_type)) return;
    const auto platform = image_platform(
        descriptor, [&](const Descriptor& document) { return documents_.text(document); });
    if (platform) entry_.platforms.push_back(platform->normalized());
  }

  Documents& documents_;
  ListedEntry& entry_;
  std::map<Digest, std::int64_t> sizes_;
};

std::string kind_of(Documents& documents, const Descriptor& descriptor) {
  if (media_type::is_index(descriptor.media_type)) return "index";
  if (!media_type::is_manifest(descriptor.media_type)) return "other";
  const Manifest manifest = Manifest::parse(documents.text(descriptor), descriptor.media_type);
  const bool image = media_type::is_config(manifest.config.media_type) &&
                     manifest.artifact_type.empty() && !is_attestation(descriptor);
  return image ? "image" : "artifact";
}

std::optional<Digest> spoken_of(Documents& documents, const Descriptor& descriptor,
                                const std::string& tag) {
  if (auto subject = cosign_subject(tag)) return subject;
  const bool index = media_type::is_index(descriptor.media_type);
  if (auto subject = index ? fallback_subject(tag) : std::nullopt) return subject;
  return subject_of(documents, descriptor);
}

ListedEntry list_entry(const ImageStore& blobs, const Descriptor& descriptor,
                       std::map<Digest, std::int64_t>& all) {
  ListedEntry entry{tag_of(descriptor), {}, descriptor};
  if (const auto name = name_of(descriptor)) entry.name = name->full;
  // Each is read on its own: documents of all at once could be too many.
  Documents documents(blobs);
  EntryWalk walk(documents, entry);
  try {
    entry.kind = media_type::is_index(descriptor.media_type)      ? "index"
                 : media_type::is_manifest(descriptor.media_type) ? "image"
                                                                  : "other";
    entry.kind = kind_of(documents, descriptor);
    entry.subject = spoken_of(documents, descriptor, entry.tag);
    walk.visit(descriptor);
  } catch (const Error& error) {
    if (error.code() == Errc::io || error.code() == Errc::denied) throw;
    entry.problem = error.what();
  }
  for (const auto& [digest, size] : walk.sizes()) entry.size += size;
  all.insert(walk.sizes().begin(), walk.sizes().end());
  return entry;
}

}  // namespace

Listing list(const std::string& reference, Progress& progress, const std::stop_token& stop) {
  const LocalReference parsed = LocalReference::parse(reference);
  const ImageStore store = open_store(parsed, progress, stop);
  Listing listing{store.name};
  std::vector<Descriptor> entries = store.index.manifests;
  if (parsed.digest) {
    std::erase_if(entries, [&](const Descriptor& entry) { return entry.digest != parsed.digest; });
    if (entries.empty()) {
      throw Error(Errc::not_found, store.name + ": expected " + parsed.digest->string() +
                                       " in index.json, found none");
    }
  } else if (!parsed.tag.empty()) {
    entries = within(store.name, [&] { return select(store, parsed); });
  }
  const ImageStore blobs{store.name, {}, store.find};
  std::map<Digest, std::int64_t> all;
  for (const Descriptor& entry : entries) listing.entries.push_back(list_entry(blobs, entry, all));
  for (const auto& [digest, size] : all) listing.bytes += size;
  return listing;
}

}  // namespace ocimux
