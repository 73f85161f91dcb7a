#include "compress/compressor.hpp"

#include <ocimux/base/error.hpp>

#include "compress/gzip_compressor.hpp"
#include "compress/zstd_compressor.hpp"

namespace ocimux {
namespace {

class Passing final : public Sink {
 public:
  explicit Passing(Sink& next) : next_(next) {}
  void write(Bytes bytes) override { next_.write(bytes); }
  void finish() override { next_.finish(); }

 private:
  Sink& next_;
};

}  // namespace

std::unique_ptr<Sink> make_compressor(const Compression& compression, Sink& next,
                                      std::size_t width) {
  switch (compression.codec) {
    case Codec::none: return std::make_unique<Passing>(next);
    case Codec::gzip: return std::make_unique<GzipCompressor>(compression.level, next, width);
    case Codec::zstd: return std::make_unique<ZstdCompressor>(compression.level, next, width);
    case Codec::xz:
    case Codec::bzip2: break;
  }
  throw Error(Errc::unsupported, "image layers are gzip, zstd or uncompressed, not " +
                                     std::string(name_of(compression.codec)));
}

}  // namespace ocimux
