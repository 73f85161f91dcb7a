#pragma once

#include <ocimux/digest/digest.hpp>

#include <memory>

namespace ocimux {

/// Hashes bytes as they come, with OpenSSL (which uses the processor's SHA instructions).
class Hasher final {
 public:
  /// @p algorithm is `sha256` or `sha512`.
  explicit Hasher(std::string_view algorithm = "sha256");
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  ~Hasher();

  void update(Bytes bytes);
  /// The digest of everything so far; the hasher is used up by it.
  [[nodiscard]] Digest digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ocimux
