#include "jobs/remote_cargo.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/selector.hpp>

#include "io/memory.hpp"
#include "jobs/fetch_documents.hpp"
#include "jobs/registry_input.hpp"
#include "jobs/registry_referrers.hpp"
#include "jobs/registry_store.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

// gather() walks from document to document; here they are fetched before it comes by, many at a
// time. It walks twice: what it answers first tells which documents stay as they are, and only of
// those is asked who speaks of them.

namespace ocimux {
namespace {

/// Where the image is, and what it is.
struct Remote {
  std::shared_ptr<RegistryStore> registry;
  ImageStore store;

  [[nodiscard]] const Descriptor& top() const { return store.index.manifests.front(); }
};

// Documents that the output has are not asked for; one that is damaged there is.
std::optional<Body> document_in(const BlobStore& blobs, const Descriptor& descriptor) {
  try {
    if (blobs.size_of(descriptor.digest) != descriptor.size) return std::nullopt;
    return memory_body(
        read_document(blobs.open(descriptor.digest, descriptor.size), largest_document));
  } catch (const Error& error) {
    if (error.code() != Errc::corrupt) throw;
    return std::nullopt;
  }
}

ImageStore with_documents_of(const std::optional<BlobStore>& blobs, ImageStore store) {
  if (!blobs) return store;
  store.find = [find = store.find, blobs = *blobs](const Descriptor& descriptor) {
    std::optional<Body> body;
    if (is_read_whole(descriptor)) body = document_in(blobs, descriptor);
    return body ? body : find(descriptor);
  };
  return store;
}

// Attestations of those that are left out are, too: they are read where it shows which stay.
bool is_wanted(const Descriptor& descriptor, const std::vector<Platform>& platforms) {
  if (platforms.empty() || !descriptor.platform) return true;
  return std::any_of(platforms.begin(), platforms.end(), [&](const Platform& platform) {
    return same_platform(platform, *descriptor.platform);
  });
}

Remote look(const std::string& name, const Reference& reference, const Repository& repository,
            const PullOptions& options, const std::optional<BlobStore>& there,
            const std::stop_token& stop) {
  auto registry = std::make_shared<RegistryStore>(repository);
  Descriptor top = registry->read(reference.version());
  ImageStore store = with_documents_of(there, store_of(registry, name, std::move(top)));
  Remote remote{std::move(registry), std::move(store)};
  const Wanted wanted{
      [&](const Descriptor& descriptor) { return is_wanted(descriptor, options.platforms); },
      Wanted::Configs::left};
  fetch_documents(remote.store, remote.top(), wanted, options.jobs, stop);
  return remote;
}

// What a document was made of for this pull has nobody who speaks of it.
std::vector<Digest> kept_documents(const Cargo& cargo) {
  std::set<Digest> made;
  for (const Replaced& replaced : cargo.replaced) made.insert(replaced.after);
  std::vector<Digest> kept;
  for (const CargoDocument& document : cargo.documents) {
    if (!made.contains(document.descriptor.digest)) kept.push_back(document.descriptor.digest);
  }
  return kept;
}

Referrers ask_for_referrers(const Remote& remote, const std::vector<Digest>& documents,
                            std::size_t width, Progress& progress, const std::stop_token& stop) {
  try {
    return referrers_in(remote.registry, documents, width, progress, stop);
  } catch (const Error& error) {
    if (!error.hint().empty() || error.code() == Errc::cancelled) throw;
    throw error.hinting("--no-referrers asks for the image alone");
  }
}

}  // namespace

Cargo gather_remote(const Reference& reference, const Repository& repository,
                    const std::optional<BlobStore>& there, const PullOptions& options,
                    Progress& progress, const std::stop_token& stop) {
  const std::string name = name_of(reference);
  const Remote remote =
      within(name, [&] { return look(name, reference, repository, options, there, stop); });
  const CargoOptions how{options.platforms};
  const std::vector<Descriptor> selected{remote.top()};
  if (!options.referrers) return gather(remote.store, selected, {}, how, progress);
  const Cargo alone = gather(remote.store, selected, {}, how, silent_progress());
  const Referrers referrers = within(name, [&] {
    return ask_for_referrers(remote, kept_documents(alone), options.jobs, progress, stop);
  });
  return gather(remote.store, selected, referrers, how, progress);
}

}  // namespace ocimux
