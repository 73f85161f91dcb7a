#pragma once

#include <ocimux/io/stream.hpp>

#include <compare>
#include <string>
#include <string_view>

namespace ocimux {

/// The name of a blob: a hash algorithm and what it made of the bytes.
/// Always a valid one of image-spec's registered algorithms (sha256, sha512); there is no empty
/// Digest. https://github.com/opencontainers/image-spec/blob/v1.1.1/descriptor.md#digests
class Digest final {
 public:
  /// Reads `sha256:<64 lower-case hex digits>` or `sha512:<128 …>`.
  /// Throws Errc::corrupt for anything else, before any path or address is formed from it.
  static Digest parse(std::string_view text);
  /// The SHA-256 of @p bytes.
  static Digest of(Bytes bytes);
  static Digest of(std::string_view text);

  [[nodiscard]] const std::string& string() const { return text_; }
  /// `sha256` or `sha512`.
  [[nodiscard]] std::string_view algorithm() const;
  /// The hex digits.
  [[nodiscard]] std::string_view encoded() const;

  friend bool operator==(const Digest&, const Digest&) = default;
  friend std::strong_ordering operator<=>(const Digest&, const Digest&) = default;

 private:
  explicit Digest(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace ocimux
