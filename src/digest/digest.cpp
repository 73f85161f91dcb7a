#include <ocimux/digest/digest.hpp>

#include <ocimux/base/error.hpp>

#include "digest/hasher.hpp"
#include "io/memory.hpp"

#include <algorithm>

namespace ocimux {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

Digest Digest::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view algorithm = text.substr(0, colon);
  const std::size_t length = algorithm == "sha256" ? 64 : algorithm == "sha512" ? 128 : 0;
  const std::string_view hex =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  if (length == 0 || hex.size() != length || !is_lower_hex(hex)) {
    throw Error(Errc::corrupt,
                "expected a digest (sha256: and 64 lower-case hex digits, or sha512: and 128), "
                "found '" +
                    std::string(text.substr(0, 160)) + "'");
  }
  return Digest(std::string(text));
}

Digest Digest::of(Bytes bytes) {
  Hasher hasher;
  hasher.update(bytes);
  return hasher.digest();
}

Digest Digest::of(std::string_view text) { return of(as_bytes(text)); }

std::string_view Digest::algorithm() const {
  return std::string_view(text_).substr(0, text_.find(':'));
}

std::string_view Digest::encoded() const {
  return std::string_view(text_).substr(text_.find(':') + 1);
}

}  // namespace ocimux
