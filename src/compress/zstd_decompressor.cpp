#include "base/handle.hpp"
#include "compress/decompressors.hpp"

#include <zstd.h>

#include <vector>

namespace ocimux {
namespace {

class ZstdDecompressor final : public Sink {
 public:
  explicit ZstdDecompressor(Sink& next)
      : next_(next), context_(ZSTD_createDCtx()), output_(ZSTD_DStreamOutSize()) {
    if (!context_) throw Error(Errc::io, "no memory for a zstd decompressor");
  }

  void write(Bytes bytes) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    for (bool full = false; input.pos < input.size || full;) {
      ZSTD_outBuffer output{output_.data(), output_.size(), 0};
      left_ = ZSTD_decompressStream(context_.get(), &output, &input);
      if (ZSTD_isError(left_) != 0) throw damaged_stream(Codec::zstd, ZSTD_getErrorName(left_));
      full = output.pos == output.size && left_ != 0;
      if (output.pos != 0) next_.write(Bytes(output_).first(output.pos));
    }
  }

  void finish() override {
    if (left_ != 0) throw cut_stream(Codec::zstd);
    next_.finish();
  }

 private:
  Sink& next_;
  Handle<ZSTD_DCtx, ZSTD_freeDCtx> context_;
  std::vector<std::byte> output_;
  std::size_t left_ = 1;  // zstd's hint: 0 at the end of a frame
};

}  // namespace

std::unique_ptr<Sink> make_zstd_decompressor(Sink& next) {
  return std::make_unique<ZstdDecompressor>(next);
}

}  // namespace ocimux
