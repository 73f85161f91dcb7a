#include "jobs/registry_store.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/digester.hpp"
#include "io/memory.hpp"

#include <exception>
#include <utility>

namespace ocimux {
namespace {

// Each may have 4 MiB, and an index can list any number of them.
constexpr std::int64_t most_bytes = 256 << 20;

bool is_config(std::string_view type) {
  return media_type::is_config(type) || type == media_type::oci_empty;
}

}  // namespace

bool is_read_whole(const Descriptor& descriptor) {
  const std::string_view type = descriptor.media_type;
  return media_type::is_index(type) || media_type::is_manifest(type) || is_config(type);
}

Descriptor RegistryStore::read(const std::string& version) {
  RemoteDocument found = repository_.manifest(version);
  std::promise<Document> known;
  known.set_value(std::move(found.text));
  const std::lock_guard lock(mutex_);
  const auto [place, fresh] =
      documents_.insert_or_assign(found.descriptor.digest, known.get_future().share());
  if (fresh) count(place->second.get());
  return found.descriptor;
}

std::optional<Descriptor> RegistryStore::look_up(const std::string& version) {
  try {
    return read(version);
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return std::nullopt;
  }
}

std::optional<Body> RegistryStore::find(const Descriptor& descriptor) {
  if (is_read_whole(descriptor)) {
    const Document text = document(descriptor);
    if (!text) return std::nullopt;
    const auto found = static_cast<std::int64_t>(text->size());
    if (found != descriptor.size) throw_wrong_size(descriptor.digest, descriptor.size, found);
    return memory_body(*text);
  }
  // Their owner forbids to pass them on, so that registries mostly lack them.
  if (media_type::is_foreign_layer(descriptor.media_type) &&
      !repository_.blob_size(descriptor.digest)) {
    return std::nullopt;
  }
  Body body = repository_.blob(descriptor);
  body.remote = true;
  return body;
}

// Whoever looks for a document that somebody else is fetching waits for it.
RegistryStore::Document RegistryStore::document(const Descriptor& descriptor) {
  std::promise<Document> fetched;
  std::shared_future<Document> known;
  {
    const std::lock_guard lock(mutex_);
    const auto place = documents_.find(descriptor.digest);
    if (place != documents_.end()) known = place->second;
    if (!known.valid()) documents_[descriptor.digest] = fetched.get_future().share();
  }
  if (known.valid()) return known.get();
  try {
    Document document = fetch(descriptor);
    {
      const std::lock_guard lock(mutex_);
      count(document);
    }
    fetched.set_value(document);
    return document;
  } catch (...) {
    fetched.set_exception(std::current_exception());
    throw;
  }
}

void RegistryStore::count(const Document& document) {
  bytes_ += document ? static_cast<std::int64_t>(document->size()) : 0;
  if (bytes_ <= most_bytes) return;
  throw Error(Errc::corrupt, "expected at most " + std::to_string(most_bytes >> 20) +
                                 " MiB of manifests and configs, found more");
}

RegistryStore::Document RegistryStore::fetch(const Descriptor& descriptor) const {
  try {
    return within(descriptor.digest.string(), [&] { return fetch_checked(descriptor); });
  } catch (const Error& error) {
    if (error.code() != Errc::not_found) throw;
    return std::nullopt;
  }
}

std::string RegistryStore::fetch_checked(const Descriptor& descriptor) const {
  if (is_config(descriptor.media_type)) {
    return read_document(verified(repository_.blob(descriptor), descriptor.digest, descriptor.size),
                         largest_document);
  }
  RemoteDocument document = repository_.manifest(descriptor.digest.string());
  if (document.descriptor.media_type != descriptor.media_type) {
    throw Error(Errc::corrupt, "expected a document of type " + descriptor.media_type +
                                   ", as its descriptor says, found one of type " +
                                   document.descriptor.media_type);
  }
  return std::move(document.text);
}

ImageStore store_of(std::shared_ptr<RegistryStore> registry, std::string name, Descriptor top) {
  return {std::move(name),
          {std::string(media_type::oci_index), {std::move(top)}},
          [registry = std::move(registry)](const Descriptor& descriptor) {
            return registry->find(descriptor);
          }};
}

}  // namespace ocimux
