#include "compress/zstd_stream.hpp"

#include "compress/decompressors.hpp"

#include <zstd_errors.h>

#include <algorithm>
#include <cstddef>

namespace ocimux {
namespace {

constexpr std::size_t largest_frame_header = 18;  // RFC 8878, 3.1.1.1

Error refusal(std::size_t result, bool behind_a_frame) {
  switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_prefix_unknown:
      return {Errc::corrupt,
              behind_a_frame ? "expected another zstd frame or the end behind one, found something "
                               "else"
                             : "expected a zstd frame, found something else",
              "the file is damaged, or something was put behind it: copy or build it again"};
    case ZSTD_error_frameParameter_windowTooLarge:
      return {Errc::corrupt,
              "expected zstd frames with a window of at most 128 MiB, found a larger one",
              "compress it with --long=27 at most"};
    case ZSTD_error_dictionary_wrong:
      return {Errc::corrupt, "expected zstd frames without a dictionary, found one that needs it",
              "compress it without -D"};
    default: return damaged_stream(Codec::zstd, ZSTD_getErrorName(result));
  }
}

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
  if (ZSTD_isError(left_) != 0) throw refusal(left_, ended_);
  ended_ = ended_ || left_ == 0;
  in_frame_ = left_ == 0 ? 0 : std::min(in_frame_ + (given.pos - input.pos), largest_frame_header);
  input.pos = given.pos;
  full_ = output.pos == output.size && left_ != 0;
}

void ZstdStream::check_end() const {
  if (left_ != 0) throw cut_stream(Codec::zstd);
}

}  // namespace ocimux
