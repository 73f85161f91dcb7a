#pragma once

#include "source/image_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ocimux {

/// Real nesting is two or three levels: BuildKit wraps an index in index.json.
inline constexpr int deepest_index = 8;
/// Throws Errc::corrupt below deepest_index levels of indexes.
void check_depth(int depth);

/// The documents of a store, each read and checked once, and those that were made of them. A
/// descriptor may hold the bytes it speaks of (`data`): they count where the store lacks the blob.
class Documents final {
 public:
  explicit Documents(const ImageStore& store);

  /// The text of a manifest, index or config. Throws Errc::not_found when it is not there, and
  /// Errc::corrupt when it is not what @p descriptor says, or when there is too much of it all.
  const std::string& text(const Descriptor& descriptor);

  /// Keeps a new text; answers @p like as the descriptor of it.
  Descriptor add(Descriptor like, std::string text);

  /// Remembers the bytes that @p descriptor holds, if any.
  void learn(const Descriptor& descriptor);

  /// The bytes of a blob, not checked; nothing when it is not there. Outlives this.
  using Find = std::function<std::optional<Body>(const Descriptor&)>;
  [[nodiscard]] const Find& find() const { return store_.find; }
  /// Of the store, for messages.
  [[nodiscard]] const std::string& name() const { return store_.name; }

 private:
  void count(const std::string& text);

  std::shared_ptr<std::map<Digest, std::string>> embedded_;
  ImageStore store_;
  std::map<Digest, std::string> texts_;
  std::int64_t bytes_ = 0;
};

/// True for manifests and indexes, by what lists them.
bool is_document(const Descriptor& descriptor);

/// What a manifest or index speaks of (`subject`); nothing for what is neither.
std::optional<Digest> subject_of(Documents& documents, const Descriptor& descriptor);
std::optional<Digest> subject_of(const Index& index);

/// @p descriptor without the bytes it may hold.
Descriptor without_data(Descriptor descriptor);

}  // namespace ocimux
