#include "jobs/layer.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "compress/compressor.hpp"
#include "compress/decompressor.hpp"
#include "digest/digester.hpp"
#include "io/memory.hpp"

#include <array>

namespace ocimux {
namespace {

/// Passes bytes on to two sinks.
class Tee final : public Sink {
 public:
  Tee(Sink& one, Sink& two) : one_(one), two_(two) {}
  void write(Bytes bytes) override {
    one_.write(bytes);
    two_.write(bytes);
  }
  void finish() override {
    one_.finish();
    two_.finish();
  }

 private:
  Sink& one_;
  Sink& two_;
};

Descriptor describe(Blob blob, Codec codec, ImageFormat format) {
  return {std::string(layer_media_type(codec, format)), std::move(blob.digest), blob.size};
}

}  // namespace

std::string_view layer_media_type(Codec codec, ImageFormat format) {
  const bool docker = format == ImageFormat::docker;
  switch (codec) {
    case Codec::none: return docker ? media_type::docker_layer : media_type::oci_layer;
    case Codec::gzip: return docker ? media_type::docker_layer_gzip : media_type::oci_layer_gzip;
    case Codec::zstd:
      if (!docker) return media_type::oci_layer_zstd;
      throw Error(Errc::invalid_argument,
                  "expected a compression that Docker's image format has, found "
                  "zstd",
                  "use gzip, or --format oci");
    default: break;
  }
  throw Error(Errc::unsupported, "expected a layer in gzip, zstd or uncompressed, found one in " +
                                     std::string(name_of(codec)));
}

ImageFormat format_of(const Manifest& manifest) {
  return manifest.media_type == media_type::docker_manifest ? ImageFormat::docker
                                                            : ImageFormat::oci;
}

Codec codec_of(const Body& body) {
  std::array<std::byte, sniff_length> front{};
  std::size_t have = 0;
  const auto source = body.open();
  while (have < front.size()) {
    const std::size_t count = source->read(std::span(front).subspan(have));
    if (count == 0) break;
    have += count;
  }
  return sniff(Bytes(front).first(have));
}

MadeLayer make_layer(const Feed& feed, const Compression& compression, ImageFormat format,
                     std::size_t threads, LayoutChange& change, const std::stop_token& stop) {
  const auto writer = change.create();
  const auto compressor = make_compressor(compression, *writer, threads);
  Digester uncompressed(*compressor);
  feed(uncompressed, stop);
  return {describe(writer->commit(), compression.codec, format), uncompressed.digest()};
}

void copy_blob(const Body& body, const Digest& digest, std::int64_t size, LayoutChange& change,
               const std::stop_token& stop) {
  const auto writer = change.create(digest.algorithm());
  const auto source = body.open();
  drain(*source, *writer, stop);
  writer->commit(digest, size);
}

MadeLayer keep_layer(const Body& body, Codec codec, ImageFormat format, LayoutChange& change,
                     const std::stop_token& stop) {
  NullSink nowhere;
  Digester uncompressed(nowhere);
  const auto decompressor = make_decompressor(codec, uncompressed);
  const auto writer = change.create();
  Tee both(*writer, *decompressor);
  const auto source = body.open();
  drain(*source, both, stop);
  return {describe(writer->commit(), codec, format), uncompressed.digest()};
}

Feed unpacked(const Body& body, Codec codec) {
  return [body, codec](Sink& to, const std::stop_token& stop) {
    const auto decompressor = make_decompressor(codec, to);
    const auto source = body.open();
    drain(*source, *decompressor, stop);
  };
}

}  // namespace ocimux
