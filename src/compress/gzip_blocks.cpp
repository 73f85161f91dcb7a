#include "compress/gzip_blocks.hpp"

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"

#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

// Which library is the fastest at which ratio was measured (docs/performance.md): ISA-L at the
// fast end, by far; libdeflate for everything that is denser. Three things about ISA-L 2.30:
//
// - Its levels 1 and 2 have one way of working on every x86-64 processor with SSE 4.2, and the
//   same bytes come out. Its level 3 has three, and is not used.
// - Without 32 KiB of history it looks for matches in front of its input, that is in memory that
//   is not its own: the bytes then depend on what lies there, or there is nothing and it crashes.
//   So it always gets its history, the end of the block before, which is also worth some bytes.
// - Hence the first block begins with 32 KiB from zlib, which can stop at a byte without ending
//   the stream; libdeflate cannot, but does the input that is a single block.

namespace ocimux {
namespace {

// A header without name and time, from an unknown system, by the fastest algorithm.
constexpr std::array<unsigned char, 10> gzip_header{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255};

std::uint8_t* raw(std::span<std::byte> bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

// For libraries that only read there but say otherwise.
std::uint8_t* raw(Bytes bytes) {
  return reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(bytes.data()));  // NOLINT
}

class LibdeflateEncoder final : public GzipEncoder {
 public:
  explicit LibdeflateEncoder(int level) : compressor_(libdeflate_alloc_compressor(level)) {
    if (!compressor_) throw Error(Errc::io, "no memory for a gzip compressor");
  }

  [[nodiscard]] std::size_t bound(std::size_t size) const override {
    return libdeflate_gzip_compress_bound(compressor_.get(), size);
  }

  // libdeflate writes the header with no time and an unknown system: nothing of this machine.
  std::size_t encode(const GzipBlock& block, std::span<std::byte> output) override {
    return check(libdeflate_gzip_compress(compressor_.get(), block.input.data(), block.input.size(),
                                          output.data(), output.size()));
  }

  std::size_t encode_raw(Bytes input, std::span<std::byte> output) {
    return check(libdeflate_deflate_compress(compressor_.get(), input.data(), input.size(),
                                             output.data(), output.size()));
  }

 private:
  static std::size_t check(std::size_t size) {
    if (size == 0) throw Error(Errc::io, "libdeflate could not compress a block");
    return size;
  }

  Handle<libdeflate_compressor, libdeflate_free_compressor> compressor_;
};

class IsalEncoder final : public GzipEncoder {
 public:
  explicit IsalEncoder(int level)
      : level_(level),
        working_space_(level == 1 ? ISAL_DEF_LVL1_DEFAULT : ISAL_DEF_LVL2_DEFAULT),
        stream_(std::make_unique<isal_zstream>()),
        single_(1) {}

  // What does not shrink is stored: five bytes for every 64 KiB, a header, an end.
  [[nodiscard]] std::size_t bound(std::size_t size) const override {
    return single_.bound(size) + size / 1024 + 4096;
  }

  std::size_t encode(const GzipBlock& block, std::span<std::byte> output) override {
    if (!block.history.empty()) return encode_next(block, output);
    std::transform(gzip_header.begin(), gzip_header.end(), output.begin(),
                   [](unsigned char c) { return std::byte{c}; });
    const auto rest = output.subspan(gzip_header.size());
    if (block.last) return gzip_header.size() + single_.encode_raw(block.input, rest);
    const Bytes front = block.input.first(deflate_window);
    const std::size_t size = encode_front(front, rest);
    const GzipBlock next{front, block.input.subspan(deflate_window)};
    return gzip_header.size() + size + encode_next(next, rest.subspan(size));
  }

 private:
  static std::size_t encode_front(Bytes input, std::span<std::byte> output) {
    z_stream stream{};
    constexpr int raw_window_bits = -15;  // zlib: the largest window, no framing
    constexpr int memory_level = 8;
    if (deflateInit2(&stream, 1, Z_DEFLATED, raw_window_bits, memory_level, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
      throw Error(Errc::io, "no memory for a gzip compressor");
    }
    const Handle<z_stream, deflateEnd> owned(&stream);
    stream.next_in = raw(input);
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = raw(output);
    stream.avail_out = static_cast<uInt>(output.size());
    if (deflate(&stream, Z_SYNC_FLUSH) != Z_OK || stream.avail_in != 0 || stream.avail_out == 0) {
      throw Error(Errc::io, "zlib could not compress a block");
    }
    return output.size() - stream.avail_out;
  }

  std::size_t encode_next(const GzipBlock& block, std::span<std::byte> output) {
    isal_deflate_init(stream_.get());
    stream_->level = static_cast<std::uint32_t>(level_);
    stream_->level_buf = working_space_.data();
    stream_->level_buf_size = static_cast<std::uint32_t>(working_space_.size());
    stream_->gzip_flag = IGZIP_DEFLATE;
    stream_->end_of_stream = block.last ? 1 : 0;
    stream_->flush = block.last ? NO_FLUSH : SYNC_FLUSH;
    int result = isal_deflate_set_dict(stream_.get(), raw(block.history),
                                       static_cast<std::uint32_t>(block.history.size()));
    stream_->next_in = raw(block.input);
    stream_->avail_in = static_cast<std::uint32_t>(block.input.size());
    stream_->next_out = raw(output);
    stream_->avail_out = static_cast<std::uint32_t>(output.size());
    if (result == COMP_OK) result = isal_deflate(stream_.get());
    if (result != COMP_OK || stream_->avail_in != 0 || stream_->avail_out == 0) {
      throw Error(Errc::io, "ISA-L could not compress a block: " + std::to_string(result));
    }
    return stream_->total_out;
  }

  int level_;
  std::vector<std::uint8_t> working_space_;
  std::unique_ptr<isal_zstream> stream_;
  LibdeflateEncoder single_;
};

enum class Library { isal, libdeflate };

// By our level: 4 is the default; of programs and texts 6 makes about the bytes of gzip -6, and 9
// fewer than gzip -9.
constexpr std::array<std::pair<Library, int>, 9> levels{{{Library::isal, 1},
                                                         {Library::isal, 2},
                                                         {Library::libdeflate, 1},
                                                         {Library::libdeflate, 2},
                                                         {Library::libdeflate, 4},
                                                         {Library::libdeflate, 5},
                                                         {Library::libdeflate, 6},
                                                         {Library::libdeflate, 8},
                                                         {Library::libdeflate, 10}}};

}  // namespace

std::unique_ptr<GzipEncoder> make_gzip_encoder(int level) {
  const auto [library, its_level] = levels.at(static_cast<std::size_t>(level) - 1);
  if (library == Library::isal) return std::make_unique<IsalEncoder>(its_level);
  return std::make_unique<LibdeflateEncoder>(its_level);
}

GzipFraming gzip_framing(int level) {
  return levels.at(static_cast<std::size_t>(level) - 1).first == Library::isal
             ? GzipFraming::one_member
             : GzipFraming::member_a_block;
}

std::uint32_t gzip_checksum(Bytes bytes) { return libdeflate_crc32(0, bytes.data(), bytes.size()); }

std::uint32_t joined_checksum(std::uint32_t first, std::uint32_t second, std::int64_t size) {
  return static_cast<std::uint32_t>(crc32_combine(first, second, static_cast<z_off_t>(size)));
}

}  // namespace ocimux
