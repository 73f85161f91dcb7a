#include "base/handle.hpp"
#include "compress/decompressing_sources.hpp"
#include "compress/decompressors.hpp"

#include <zstd.h>

#include <vector>

namespace ocimux {
namespace {

class ZstdSource final : public Source {
 public:
  explicit ZstdSource(std::unique_ptr<Source> from)
      : from_(std::move(from)), context_(ZSTD_createDCtx()), buffer_(ZSTD_DStreamInSize()) {
    if (!context_) throw Error(Errc::io, "no memory for a zstd decompressor");
  }

  std::size_t read(std::span<std::byte> into) override {
    ZSTD_outBuffer output{into.data(), into.size(), 0};
    while (output.pos == 0 && !into.empty()) {
      // What was held back comes without more input.
      if (input_.pos == input_.size && !full_ && !refill()) {
        if (left_ != 0) throw cut_stream(Codec::zstd);
        return 0;
      }
      left_ = ZSTD_decompressStream(context_.get(), &output, &input_);
      if (ZSTD_isError(left_) != 0) throw damaged_stream(Codec::zstd, ZSTD_getErrorName(left_));
      full_ = output.pos == output.size && left_ != 0;
    }
    return output.pos;
  }

 private:
  bool refill() {
    input_ = {buffer_.data(), from_->read(buffer_), 0};
    return input_.size != 0;
  }

  std::unique_ptr<Source> from_;
  Handle<ZSTD_DCtx, ZSTD_freeDCtx> context_;
  std::vector<std::byte> buffer_;
  ZSTD_inBuffer input_{};
  bool full_ = false;     // the output was filled
  std::size_t left_ = 1;  // zstd's hint: 0 at the end of a frame
};

}  // namespace

std::unique_ptr<Source> make_zstd_source(std::unique_ptr<Source> from) {
  return std::make_unique<ZstdSource>(std::move(from));
}

}  // namespace ocimux
