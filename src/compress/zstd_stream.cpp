#include "compress/zstd_stream.hpp"

#include "compress/decompressors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace ocimux {
namespace {

constexpr std::size_t magic_size = 4;
using Magic = std::array<std::uint8_t, magic_size>;

// RFC 8878, 3.1.1 and 3.1.2. The first byte of a frame to be skipped has any last four bits.
constexpr Magic frame{0x28, 0xb5, 0x2f, 0xfd};
constexpr Magic skippable{0x50, 0x2a, 0x4d, 0x18};
constexpr std::uint8_t any_skippable = 0xf0;

}  // namespace

ZstdStream::ZstdStream() : context_(ZSTD_createDCtx()) {
  if (!context_) throw Error(Errc::io, "no memory for a zstd decompressor");
}

// Each byte by itself: whatever the input is cut into, the library has seen nothing else.
void ZstdStream::check_magic(const ZSTD_inBuffer& input) {
  const auto* bytes = static_cast<const std::uint8_t*>(input.src);
  for (std::size_t at = input.pos, i = in_frame_; at < input.size && i < magic_size; ++at, ++i) {
    if (i == 0) skippable_ = (bytes[at] & any_skippable) == skippable[0];
    if (i == 0 && skippable_) continue;
    if (bytes[at] != (skippable_ ? skippable : frame).at(i)) {
      throw damaged_stream(Codec::zstd, "a frame of another format than RFC 8878's");
    }
  }
}

void ZstdStream::step(ZSTD_outBuffer& output, ZSTD_inBuffer& input) {
  check_magic(input);
  const std::size_t before = input.pos;
  left_ = ZSTD_decompressStream(context_.get(), &output, &input);
  if (ZSTD_isError(left_) != 0) throw damaged_stream(Codec::zstd, ZSTD_getErrorName(left_));
  in_frame_ = left_ == 0 ? 0 : std::min(in_frame_ + (input.pos - before), magic_size);
  full_ = output.pos == output.size && left_ != 0;
}

void ZstdStream::check_end() const {
  if (left_ != 0) throw cut_stream(Codec::zstd);
}

}  // namespace ocimux
