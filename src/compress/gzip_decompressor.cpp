#include "compress/decompressors.hpp"

#include <zlib.h>

#include <vector>

// Not ISA-L's decoder, which is faster: version 2.30 refuses sound streams whose headers come in
// two pieces (docs/performance.md).

namespace ocimux {
namespace {

constexpr int gzip_window_bits = 15 + 16;  // zlib: the largest window, gzip framing only

class GzipDecompressor final : public Sink {
 public:
  explicit GzipDecompressor(Sink& next) : next_(next), output_(decompressed_piece) {
    if (inflateInit2(&stream_, gzip_window_bits) != Z_OK) {
      throw Error(Errc::io, "no memory for a gzip decompressor");
    }
  }
  ~GzipDecompressor() override { inflateEnd(&stream_); }

  // A gzip file is a row of members (RFC 1952, 2.2): after each, the next one must begin.
  void write(Bytes bytes) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));  // NOLINT
    stream_.avail_in = static_cast<uInt>(bytes.size());
    while (stream_.avail_in != 0 || full_) step();
  }

  void finish() override {
    if (!between_members_) throw cut_stream(Codec::gzip);
    next_.finish();
  }

 private:
  void step() {
    if (between_members_ && stream_.avail_in != 0) {
      inflateReset(&stream_);
      between_members_ = false;
    }
    stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
    stream_.avail_out = static_cast<uInt>(output_.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      throw damaged_stream(Codec::gzip, stream_.msg != nullptr ? stream_.msg : "damage");
    }
    full_ = stream_.avail_out == 0 && result == Z_OK;
    between_members_ = result == Z_STREAM_END;
    const std::size_t count = output_.size() - stream_.avail_out;
    if (count != 0) next_.write(Bytes(output_).first(count));
  }

  Sink& next_;
  z_stream stream_{};
  std::vector<std::byte> output_;
  bool between_members_ = false;
  bool full_ = false;  // the output was filled: there may be more without more input
};

}  // namespace

std::unique_ptr<Sink> make_gzip_decompressor(Sink& next) {
  return std::make_unique<GzipDecompressor>(next);
}

}  // namespace ocimux
