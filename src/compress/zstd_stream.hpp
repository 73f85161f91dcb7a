#pragma once

#include <ocimux/io/stream.hpp>

#include "base/handle.hpp"

#include <zstd.h>

#include <cstddef>

namespace ocimux {

/// zstd's decoder, a step at a time, of frames in the format of RFC 8878 alone. The library may be
/// built to read the formats before it, too (Debian's is), which engines do not, and which it reads
/// otherwise in other pieces.
class ZstdStream final {
 public:
  ZstdStream();

  /// Decompresses more of @p input into @p output, which may take several steps. Throws
  /// Errc::corrupt.
  void step(ZSTD_outBuffer& output, ZSTD_inBuffer& input);

  /// True when there is more to come without more input.
  [[nodiscard]] bool full() const { return full_; }
  /// Throws Errc::corrupt where no frame has ended.
  void check_end() const;

 private:
  Handle<ZSTD_DCtx, ZSTD_freeDCtx> context_;
  std::size_t in_frame_ = 0;  // bytes of it that were taken, as far as its header can be
  bool full_ = false;
  bool ended_ = false;    // a frame did
  std::size_t left_ = 1;  // zstd's hint: 0 at the end of a frame
};

}  // namespace ocimux
