#include "jobs/registry_input.hpp"

#include <ocimux/base/error.hpp>

#include "jobs/fetch_documents.hpp"
#include "jobs/registry_store.hpp"
#include "registry/open_repository.hpp"

#include <memory>
#include <set>

namespace ocimux {
namespace {

// Of the registries' answers: they mostly wait.
constexpr std::size_t documents_at_a_time = 8;

}  // namespace

std::string name_of(const ImageReference& reference) {
  if (const auto* local = std::get_if<LocalReference>(&reference)) return local->path.string();
  return std::string(registry_prefix) + std::get<Reference>(reference).string();
}

std::vector<Descriptor> select(const ImageStore& store, const ImageReference& reference) {
  if (const auto* local = std::get_if<LocalReference>(&reference)) return select(store, *local);
  return store.index.manifests;
}

ImageReference parse_reference(const std::string& text) {
  if (text.starts_with(registry_prefix)) return Reference::parse(text);
  return LocalReference::parse(text);
}

ImageStore registry_store(const Reference& reference, const Repository& repository) {
  const std::string name = name_of(reference);
  return within(name, [&] {
    auto registry = std::make_shared<RegistryStore>(repository);
    Descriptor top = registry->read(reference.version());
    return store_of(std::move(registry), name, std::move(top));
  });
}

ImageStore registry_store(const Reference& reference, const RegistryOptions& options,
                          Progress& progress, const std::stop_token& stop) {
  const Repository repository = within(
      name_of(reference), [&] { return open_repository(reference, options, progress, stop); });
  return registry_store(reference, repository);
}

Input read_registry(ImageStore store, Progress& progress, const std::stop_token& stop) {
  return within(store.name, [&] {
    fetch_documents(store, store.index.manifests.front(), {}, documents_at_a_time, stop);
    std::vector<Image> images = read_images(store, LocalReference{}, progress);
    return Input{InputKind::registry, store.name, std::move(images), std::move(store)};
  });
}

Input read_registry(const Reference& reference, const Repository& repository, Progress& progress) {
  return read_registry(registry_store(reference, repository), progress, repository.stop());
}

Input read_registry(const Reference& reference, const RegistryOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  return read_registry(registry_store(reference, options, progress, stop), progress, stop);
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
