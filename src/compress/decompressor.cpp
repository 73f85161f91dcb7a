#include "compress/decompressor.hpp"

#include <ocimux/base/error.hpp>

#include "compress/compressor.hpp"
#include "compress/decompressors.hpp"

#include <string>

namespace ocimux {

std::unique_ptr<Sink> make_decompressor(Codec codec, Sink& next) {
  switch (codec) {
    case Codec::none: return make_compressor({Codec::none, 0}, next, 1);
    case Codec::gzip: return make_gzip_decompressor(next);
    case Codec::zstd: return make_zstd_decompressor(next);
    case Codec::xz: return make_xz_decompressor(next);
    case Codec::bzip2: return make_bzip2_decompressor(next);
  }
  throw Error(Errc::unsupported, "no such codec");
}

Error damaged_stream(Codec codec, std::string_view found) {
  return {Errc::corrupt,
          "expected " + std::string(name_of(codec)) + " data, found " + std::string(found),
          "the file is damaged: copy or build it again"};
}

Error cut_stream(Codec codec) {
  return Error(Errc::corrupt,
               "expected the rest of the " + std::string(name_of(codec)) +
                   " stream, found the end of the data",
               "the file is incomplete: copy or build it again");
}

}  // namespace ocimux
