#include "compress/decompressors.hpp"

#include <lzma.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ocimux {
namespace {

// xz -9 needs 65 MiB; nobody makes archives with more, but a hostile file may ask for 4 GiB.
constexpr std::uint64_t memory_limit = std::uint64_t{80} << 20U;

std::string reason(lzma_ret result) {
  switch (result) {
    case LZMA_MEMLIMIT_ERROR: return "a stream that needs more than 80 MiB of memory to unpack";
    case LZMA_MEM_ERROR: return "a stream that needs more memory than there is";
    case LZMA_FORMAT_ERROR: return "something else";
    case LZMA_OPTIONS_ERROR: return "a stream with unknown options";
    default: return "damage";
  }
}

class XzDecompressor final : public Sink {
 public:
  explicit XzDecompressor(Sink& next) : next_(next), output_(decompressed_piece) {
    if (lzma_stream_decoder(&stream_, memory_limit, LZMA_CONCATENATED) != LZMA_OK) {
      throw Error(Errc::io, "no memory for an xz decompressor");
    }
  }
  ~XzDecompressor() override { lzma_end(&stream_); }

  void write(Bytes bytes) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    stream_.avail_in = bytes.size();
    do {
      step(LZMA_RUN);
    } while (stream_.avail_in != 0 || stream_.avail_out == 0);
  }

  void finish() override {
    while (!ended_) {
      step(LZMA_FINISH);
    }
    next_.finish();
  }

 private:
  void step(lzma_action action) {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(output_.data());
    stream_.avail_out = output_.size();
    const lzma_ret result = lzma_code(&stream_, action);
    if (result == LZMA_BUF_ERROR && action == LZMA_FINISH) throw cut_stream(Codec::xz);
    if (result != LZMA_OK && result != LZMA_STREAM_END && result != LZMA_BUF_ERROR) {
      throw damaged_stream(Codec::xz, reason(result));
    }
    ended_ = result == LZMA_STREAM_END;
    const std::size_t count = output_.size() - stream_.avail_out;
    if (count != 0) next_.write(Bytes(output_).first(count));
  }

  Sink& next_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  std::vector<std::byte> output_;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<Sink> make_xz_decompressor(Sink& next) {
  return std::make_unique<XzDecompressor>(next);
}

}  // namespace ocimux
