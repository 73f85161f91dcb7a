#include "compress/decompressors.hpp"

#include <bzlib.h>

#include <vector>

namespace ocimux {
namespace {

class Bzip2Decompressor final : public Sink {
 public:
  explicit Bzip2Decompressor(Sink& next) : next_(next), output_(decompressed_piece) { start(); }
  ~Bzip2Decompressor() override { BZ2_bzDecompressEnd(&stream_); }

  // bzip2 and pbzip2 both write rows of streams: after each, the next one must begin.
  void write(Bytes bytes) override {
    stream_.next_in = reinterpret_cast<char*>(const_cast<std::byte*>(bytes.data()));  // NOLINT
    stream_.avail_in = static_cast<unsigned>(bytes.size());
    while (stream_.avail_in != 0 || full_) step();
  }

  void finish() override {
    if (!between_streams_) throw cut_stream(Codec::bzip2);
    next_.finish();
  }

 private:
  void start() {
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) {
      throw Error(Errc::io, "no memory for a bzip2 decompressor");
    }
  }

  void restart() {
    const bz_stream before = stream_;
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    start();
    stream_.next_in = before.next_in;
    stream_.avail_in = before.avail_in;
    between_streams_ = false;
  }

  void step() {
    if (between_streams_ && stream_.avail_in != 0) restart();
    stream_.next_out = reinterpret_cast<char*>(output_.data());
    stream_.avail_out = static_cast<unsigned>(output_.size());
    const int result = BZ2_bzDecompress(&stream_);
    if (result != BZ_OK && result != BZ_STREAM_END) throw damaged_stream(Codec::bzip2, "damage");
    full_ = stream_.avail_out == 0 && result == BZ_OK;
    between_streams_ = result == BZ_STREAM_END;
    const std::size_t count = output_.size() - stream_.avail_out;
    if (count != 0) next_.write(Bytes(output_).first(count));
  }

  Sink& next_;
  bz_stream stream_{};
  std::vector<std::byte> output_;
  bool between_streams_ = false;
  bool full_ = false;  // the output was filled: there may be more without more input
};

}  // namespace

std::unique_ptr<Sink> make_bzip2_decompressor(Sink& next) {
  return std::make_unique<Bzip2Decompressor>(next);
}

}  // namespace ocimux
