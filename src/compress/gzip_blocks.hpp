#pragma once

#include <ocimux/io/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ocimux {

/// How far back deflate may refer (RFC 1951, section 2), in bytes.
inline constexpr std::size_t deflate_window = std::size_t{32} * 1024;

/// How the blocks of a gzip file hang together.
enum class GzipFraming {
  member_a_block,  ///< each is a member of its own, with nothing to do with the others
  one_member,      ///< all are parts of one deflate stream, and refer to those before
};

/// A piece of the input of a gzip file.
struct GzipBlock {
  /// The last deflate_window bytes before it; empty for the first block. Not needed for
  /// GzipFraming::member_a_block.
  Bytes history;
  Bytes input;
  bool last = false;
};

/// Encodes blocks, through the library that is the fastest at its level. Not for two threads at
/// once; the bytes of a block depend on what is in it and on nothing else.
class GzipEncoder {
 public:
  GzipEncoder() = default;
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;
  virtual ~GzipEncoder() = default;

  /// What encode() may need, in bytes, for @p size bytes of input.
  [[nodiscard]] virtual std::size_t bound(std::size_t size) const = 0;
  /// Writes the block to @p output, and says how long it is: a member, or (with
  /// GzipFraming::one_member) a part that ends at a byte, with the header before the first one.
  /// A first block that is not the last has at least deflate_window bytes of input.
  virtual std::size_t encode(const GzipBlock& block, std::span<std::byte> output) = 0;
};

/// For @p level, from 1 to 9. gzip_blocks.cpp says which library does what, and why.
std::unique_ptr<GzipEncoder> make_gzip_encoder(int level);
GzipFraming gzip_framing(int level);

/// The checksum of a gzip member (RFC 1952, section 2.3.1), and that of two pieces in a row, the
/// second one @p size bytes long.
std::uint32_t gzip_checksum(Bytes bytes);
std::uint32_t joined_checksum(std::uint32_t first, std::uint32_t second, std::int64_t size);

}  // namespace ocimux
