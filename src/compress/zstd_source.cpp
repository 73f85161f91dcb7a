#include "compress/decompressing_sources.hpp"
#include "compress/zstd_stream.hpp"

#include <vector>

namespace ocimux {
namespace {

class ZstdSource final : public Source {
 public:
  explicit ZstdSource(std::unique_ptr<Source> from)
      : from_(std::move(from)), buffer_(ZSTD_DStreamInSize()) {}

  std::size_t read(std::span<std::byte> into) override {
    ZSTD_outBuffer output{into.data(), into.size(), 0};
    while (output.pos == 0 && !into.empty()) {
      // What was held back comes without more input.
      if (input_.pos == input_.size && !stream_.full() && !refill()) {
        stream_.check_end();
        return 0;
      }
      stream_.step(output, input_);
    }
    return output.pos;
  }

 private:
  bool refill() {
    input_ = {buffer_.data(), from_->read(buffer_), 0};
    return input_.size != 0;
  }

  std::unique_ptr<Source> from_;
  ZstdStream stream_;
  std::vector<std::byte> buffer_;
  ZSTD_inBuffer input_{};
};

}  // namespace

std::unique_ptr<Source> make_zstd_source(std::unique_ptr<Source> from) {
  return std::make_unique<ZstdSource>(std::move(from));
}

}  // namespace ocimux
