#pragma once

#include "registry/repository.hpp"
#include "source/image_store.hpp"

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace ocimux {

/// What one repository of a registry has, for those who read layouts. Documents are fetched when
/// they are looked for, because only then it shows whether they are there, and each once; a layer
/// is not asked for before it is read. May be used by several threads at once.
class RegistryStore final {
 public:
  explicit RegistryStore(Repository repository) : repository_(std::move(repository)) {}

  [[nodiscard]] const Repository& repository() const { return repository_; }

  /// Reads the manifest or index named @p version, a tag or digest, which find() then has.
  /// Throws as Repository::manifest() does.
  Descriptor read(const std::string& version);
  /// The same; nothing where there is none.
  std::optional<Descriptor> look_up(const std::string& version);

  /// A document, checked; a layer, to be asked for when it is read; nothing where the registry has
  /// no such document or foreign layer. Throws Errc::corrupt for a document that is not what
  /// @p descriptor says, and when those of one repository take more than 256 MiB together.
  std::optional<Body> find(const Descriptor& descriptor);

 private:
  using Document = std::optional<std::string>;  // nothing: it is not there

  Document document(const Descriptor& descriptor);
  [[nodiscard]] Document fetch(const Descriptor& descriptor) const;
  [[nodiscard]] std::string fetch_checked(const Descriptor& descriptor) const;
  void count(const Document& document);

  Repository repository_;
  std::mutex mutex_;
  std::map<Digest, std::shared_future<Document>> documents_;
  std::int64_t bytes_ = 0;  // of documents_
};

/// @p registry as a store whose index.json has @p top.
ImageStore store_of(std::shared_ptr<RegistryStore> registry, std::string name, Descriptor top);

/// True for what is kept once it was read: manifests, indexes and configs.
bool is_read_whole(const Descriptor& descriptor);

}  // namespace ocimux
