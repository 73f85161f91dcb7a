#include "compress/decompressors.hpp"
#include "compress/zstd_stream.hpp"

#include <vector>

namespace ocimux {
namespace {

class ZstdDecompressor final : public Sink {
 public:
  explicit ZstdDecompressor(Sink& next) : next_(next), output_(ZSTD_DStreamOutSize()) {}

  void write(Bytes bytes) override {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    while (input.pos < input.size || stream_.full()) {
      ZSTD_outBuffer output{output_.data(), output_.size(), 0};
      stream_.step(output, input);
      if (output.pos != 0) next_.write(Bytes(output_).first(output.pos));
    }
  }

  void finish() override {
    stream_.check_end();
    next_.finish();
  }

 private:
  Sink& next_;
  ZstdStream stream_;
  std::vector<std::byte> output_;
};

}  // namespace

std::unique_ptr<Sink> make_zstd_decompressor(Sink& next) {
  return std::make_unique<ZstdDecompressor>(next);
}

}  // namespace ocimux
