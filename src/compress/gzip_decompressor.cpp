#include "compress/decompressors.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

// ISA-L: of the decoders that take a stream as it comes, the fastest (docs/performance.md).

namespace ocimux {
namespace {

const char* reason(int result) {
  switch (result) {
    case ISAL_INVALID_WRAPPER: return "no gzip header";
    case ISAL_UNSUPPORTED_METHOD: return "another method than deflate";
    case ISAL_INCORRECT_CHECKSUM: return "another checksum than the content has";
    default: return "damage";
  }
}

class GzipDecompressor final : public Sink {
 public:
  explicit GzipDecompressor(Sink& next)
      : next_(next), state_(std::make_unique<inflate_state>()), output_(decompressed_piece) {
    isal_inflate_init(state_.get());
    state_->crc_flag = ISAL_GZIP;
  }

  // A gzip file is a row of members (RFC 1952, 2.2): after each, the next one must begin.
  void write(Bytes bytes) override {
    while (!bytes.empty()) {
      const Bytes now = bytes.first(
          std::min<std::size_t>(bytes.size(), std::numeric_limits<std::int32_t>::max()));
      bytes = bytes.subspan(now.size());
      // The library only reads there.
      state_->next_in =
          reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(now.data()));  // NOLINT
      state_->avail_in = static_cast<std::uint32_t>(now.size());
      while (state_->avail_in != 0 || full_) step();
    }
  }

  void finish() override {
    if (!between_members_) throw cut_stream(Codec::gzip);
    next_.finish();
  }

 private:
  void step() {
    if (between_members_ && state_->avail_in != 0) {
      isal_inflate_reset(state_.get());
      between_members_ = false;
    }
    state_->next_out = reinterpret_cast<std::uint8_t*>(output_.data());
    state_->avail_out = static_cast<std::uint32_t>(output_.size());
    const int result = isal_inflate(state_.get());
    if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT) {
      throw damaged_stream(Codec::gzip, reason(result));
    }
    between_members_ = state_->block_state == ISAL_BLOCK_FINISH;
    full_ = state_->avail_out == 0 && !between_members_;
    const std::size_t count = output_.size() - state_->avail_out;
    if (count != 0) next_.write(Bytes(output_).first(count));
  }

  Sink& next_;
  std::unique_ptr<inflate_state> state_;
  std::vector<std::byte> output_;
  bool between_members_ = false;
  bool full_ = false;  // the output was filled: there may be more without more input
};

}  // namespace

std::unique_ptr<Sink> make_gzip_decompressor(Sink& next) {
  return std::make_unique<GzipDecompressor>(next);
}

}  // namespace ocimux
