#pragma once

#include <ocimux/io/stream.hpp>

#include "base/handle.hpp"
#include "io/relay.hpp"

#include <zstd.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ocimux {

/// Zstandard with the library's own threads. It cuts the input into jobs of a size that is set
/// here, so the bytes are the same for any number of workers (but not for none: that is another
/// code path of the library, hence at least one). The output has a thread of its own too, because
/// the library hands it out in the thread that feeds it.
class ZstdCompressor final : public Sink {
 public:
  /// @p level from 1 to 19.
  ZstdCompressor(int level, Sink& next, std::size_t width);

  void write(Bytes bytes) override;
  void finish() override;

 private:
  std::size_t step(ZSTD_inBuffer& input, ZSTD_EndDirective how);
  void drain(ZSTD_EndDirective how);

  Relay next_;
  Handle<ZSTD_CCtx, ZSTD_freeCCtx> context_;
  std::vector<std::byte> output_;
  std::uint64_t size_ = 0;  // of the input so far
};

}  // namespace ocimux
