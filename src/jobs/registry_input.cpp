#include "jobs/registry_input.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "digest/digester.hpp"
#include "io/memory.hpp"
#include "registry/open_repository.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <set>

// A registry as an ImageStore, whose index.json would have the one descriptor that was asked for.
// Documents are fetched when they are looked for, once, because only then it shows whether they
// are there; a layer is not asked for before it is read.

namespace ocimux {
namespace {

bool is_document(const std::string& type) {
  return media_type::is_index(type) || media_type::is_manifest(type);
}

bool is_config(const std::string& type) {
  return media_type::is_config(type) || type == media_type::oci_empty;
}

class RegistryStore {
 public:
  explicit RegistryStore(Repository repository) : repository_(std::move(repository)) {}

  Descriptor read_top(const std::string& version) {
    RemoteDocument document = repository_.manifest(version);
    documents_.insert_or_assign(document.descriptor.digest, std::move(document.text));
    return document.descriptor;
  }

  std::optional<Body> find(const Descriptor& descriptor) {
    if (!is_document(descriptor.media_type) && !is_config(descriptor.media_type)) {
      // Their owner forbids to pass them on, so that registries mostly lack them.
      if (media_type::is_foreign_layer(descriptor.media_type) &&
          !repository_.blob_size(descriptor.digest)) {
        return std::nullopt;
      }
      Body body = repository_.blob(descriptor);
      body.remote = true;
      return body;
    }
    const std::lock_guard lock(mutex_);
    auto known = documents_.find(descriptor.digest);
    if (known == documents_.end()) {
      known = documents_.emplace(descriptor.digest, fetch(descriptor)).first;
    }
    if (!known->second) return std::nullopt;
    const auto found = static_cast<std::int64_t>(known->second->size());
    if (found != descriptor.size) throw_wrong_size(descriptor.digest, descriptor.size, found);
    return memory_body(*known->second);
  }

 private:
  [[nodiscard]] std::optional<std::string> fetch(const Descriptor& descriptor) const {
    try {
      return within(descriptor.digest.string(), [&] { return read(descriptor); });
    } catch (const Error& error) {
      if (error.code() != Errc::not_found) throw;
      return std::nullopt;
    }
  }

  [[nodiscard]] std::string read(const Descriptor& descriptor) const {
    if (is_config(descriptor.media_type)) {
      return read_document(
          verified(repository_.blob(descriptor), descriptor.digest, descriptor.size),
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

  Repository repository_;
  std::mutex mutex_;
  std::map<Digest, std::optional<std::string>> documents_;  // nothing: it is not there
};

}  // namespace

ImageReference parse_reference(const std::string& text) {
  if (text.starts_with(registry_prefix)) return Reference::parse(text);
  return LocalReference::parse(text);
}

Input read_registry(const Reference& reference, const Repository& repository, Progress& progress) {
  const std::string name = std::string(registry_prefix) + reference.string();
  const auto registry = std::make_shared<RegistryStore>(repository);
  return within(name, [&] {
    ImageStore store{
        name, {std::string(media_type::oci_index), {registry->read_top(reference.version())}}};
    store.find = [registry](const Descriptor& descriptor) { return registry->find(descriptor); };
    std::vector<Image> images = read_images(store, LocalReference{}, progress);
    return Input{InputKind::registry, name, std::move(images), std::move(store)};
  });
}

Input read_registry(const Reference& reference, const RegistryOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  const Repository repository = within(std::string(registry_prefix) + reference.string(), [&] {
    return open_repository(reference, options, progress, stop);
  });
  return read_registry(reference, repository, progress);
}

Input read_any(const ImageReference& reference, const RegistryOptions& options, Progress& progress,
               const std::stop_token& stop) {
  if (const auto* remote = std::get_if<Reference>(&reference)) {
    return read_registry(*remote, options, progress, stop);
  }
  return read_input(std::get<LocalReference>(reference), progress, stop);
}

Input read_any(const std::string& reference, const RegistryOptions& options, Progress& progress,
               const std::stop_token& stop) {
  return read_any(parse_reference(reference), options, progress, stop);
}

void check_credentials(const RegistryOptions& options, const std::vector<std::string>& references) {
  if (options.credentials.empty()) return;
  std::set<std::string> hosts;
  for (const std::string& reference : references) {
    if (reference.starts_with(registry_prefix)) hosts.insert(Reference::parse(reference).host);
  }
  if (hosts.size() > 1) {
    throw Error(Errc::invalid_argument,
                "--creds: expected one registry to send them to, found " + *hosts.begin() +
                    " and " + *hosts.rbegin(),
                "--authfile can hold credentials for each");
  }
}

}  // namespace ocimux
