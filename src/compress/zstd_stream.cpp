#include "compress/zstd_stream.hpp"

#include "compress/decompressors.hpp"

#include <algorithm>
#include <cstddef>

namespace ocimux {
namespace {

constexpr std::size_t largest_frame_header = 18;  // RFC 8878, 3.1.1.1

}  // namespace

ZstdStream::ZstdStream() : context_(ZSTD_createDCtx()) {
  if (!context_) throw Error(Errc::io, "no memory for a zstd decompressor");
}

// Headers go in byte by byte. Where a piece of the input ends in a header, the library (1.5.4)
// takes what begins the next one for the beginning of the frame, if it looks like one: of an older
// format, or one to be skipped.
void ZstdStream::step(ZSTD_outBuffer& output, ZSTD_inBuffer& input) {
  ZSTD_inBuffer given = input;
  if (in_frame_ < largest_frame_header) given.size = std::min(input.size, input.pos + 1);
  left_ = ZSTD_decompressStream(context_.get(), &output, &given);
  if (ZSTD_isError(left_) != 0) throw damaged_stream(Codec::zstd, ZSTD_getErrorName(left_));
  in_frame_ = left_ == 0 ? 0 : std::min(in_frame_ + (given.pos - input.pos), largest_frame_header);
  input.pos = given.pos;
  full_ = output.pos == output.size && left_ != 0;
}

void ZstdStream::check_end() const {
  if (left_ != 0) throw cut_stream(Codec::zstd);
}

}  // namespace ocimux
