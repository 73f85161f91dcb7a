#pragma once

#include "digest/hasher.hpp"

#include <cstdint>
#include <optional>

namespace ocimux {

/// Passes bytes on and hashes them on the way.
class Digester final : public Sink {
 public:
  explicit Digester(Sink& next, std::string_view algorithm = "sha256")
      : next_(next), hasher_(algorithm) {}

  void write(Bytes bytes) override;
  void finish() override;

  /// After finish(): the digest of everything that passed.
  [[nodiscard]] const Digest& digest() const { return digest_.value(); }
  /// Bytes that passed.
  [[nodiscard]] std::int64_t size() const { return size_; }

 private:
  Sink& next_;
  Hasher hasher_;
  std::int64_t size_ = 0;
  std::optional<Digest> digest_;
};

/// @p body, checked while it is read: a byte too many or too few, or another digest, throws
/// Errc::corrupt at the end of the content (size before digest, as image-spec advises). The read
/// that would give the last bytes of content with another digest throws instead.
Body verified(Body body, const Digest& digest, std::int64_t size);

}  // namespace ocimux
