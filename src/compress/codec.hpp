#pragma once

#include <ocimux/io/stream.hpp>

#include <string_view>

namespace ocimux {

/// How a stream of bytes is compressed.
enum class Codec { none, gzip, zstd, xz, bzip2 };

/// What the first bytes of a stream say; `none` for everything that is not one of the others.
/// Names are never asked: users call their files what they like.
Codec sniff(Bytes front);

/// As many bytes as sniff() needs to know for sure.
inline constexpr std::size_t sniff_length = 6;

/// `gzip`, `zstd`, …; `none` for none.
std::string_view name_of(Codec codec);

/// How a layer that is made gets compressed.
struct Compression {
  Codec codec = Codec::gzip;
  int level = 4;

  /// Reads `gzip[:1-9]`, `zstd[:1-19]` or `none`. Throws Errc::invalid_argument.
  static Compression parse(std::string_view text);
};

}  // namespace ocimux
