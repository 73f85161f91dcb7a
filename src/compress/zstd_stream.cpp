#include "compress/zstd_stream.hpp"

#include "compress/decompressors.hpp"

#include <cstdint>

namespace ocimux {
namespace {

// The first byte of a frame, and of one to be skipped but for its last four bits. Those of older
// formats are others; zstd itself looks at the rest of the magic number.
constexpr std::uint8_t frame = 0x28;
constexpr std::uint8_t skippable = 0x50;

bool begins_frame(std::uint8_t byte) { return byte == frame || (byte & 0xf0U) == skippable; }

}  // namespace

ZstdStream::ZstdStream() : context_(ZSTD_createDCtx()) {
  if (!context_) throw Error(Errc::io, "no memory for a zstd decompressor");
}

void ZstdStream::step(ZSTD_outBuffer& output, ZSTD_inBuffer& input) {
  if (between_frames_ && input.pos < input.size) {
    const auto first = static_cast<const std::uint8_t*>(input.src)[input.pos];
    if (!begins_frame(first))
      throw damaged_stream(Codec::zstd, "a frame of another format than RFC 8878's");
    between_frames_ = false;
  }
  left_ = ZSTD_decompressStream(context_.get(), &output, &input);
  if (ZSTD_isError(left_) != 0) throw damaged_stream(Codec::zstd, ZSTD_getErrorName(left_));
  between_frames_ = left_ == 0;
  full_ = output.pos == output.size && left_ != 0;
}

void ZstdStream::check_end() const {
  if (left_ != 0) throw cut_stream(Codec::zstd);
}

}  // namespace ocimux
