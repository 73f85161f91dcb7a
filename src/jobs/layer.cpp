#include "jobs/layer.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "compress/compressor.hpp"
#include "compress/decompressor.hpp"
#include "digest/digester.hpp"
#include "io/memory.hpp"
#include "io/relay.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace ocimux {
namespace {

// One thread reads and hashes as fast as two or three compress: with fewer than twice as many, a
// thread more for hashing would only take time from those.
constexpr std::size_t threads_a_hasher = 2;

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

/// Tells of bytes as they are read.
class WatchedSource final : public Source {
 public:
  WatchedSource(std::unique_ptr<Source> from, ProgressTask& task)
      : from_(std::move(from)), task_(task) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = from_->read(into);
    task_.advance(static_cast<std::int64_t>(count));
    return count;
  }

 private:
  std::unique_ptr<Source> from_;
  ProgressTask& task_;
};

/// The first bytes of a body.
class Front {
 public:
  [[nodiscard]] bool full() const { return have_ == bytes_.size(); }
  [[nodiscard]] Bytes bytes() const { return Bytes(bytes_).first(have_); }

  void add(Bytes more) {
    const Bytes some = more.first(std::min(more.size(), bytes_.size() - have_));
    std::copy(some.begin(), some.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(have_));
    have_ += some.size();
  }
  /// Reads until it is full or the source ends.
  void fill(Source& from) {
    while (!full()) {
      const std::size_t count = from.read(std::span(bytes_).subspan(have_));
      if (count == 0) break;
      have_ += count;
    }
  }

 private:
  std::array<std::byte, sniff_length> bytes_{};
  std::size_t have_ = 0;
};

/// What was read already, and the rest.
class PeekedSource final : public Source {
 public:
  PeekedSource(Front front, std::unique_ptr<Source> rest) : front_(front), rest_(std::move(rest)) {}
  std::size_t read(std::span<std::byte> into) override {
    const Bytes left = front_.bytes().subspan(at_);
    if (left.empty()) return rest_->read(into);
    const Bytes some = left.first(std::min(left.size(), into.size()));
    std::copy(some.begin(), some.end(), into.begin());
    at_ += some.size();
    return some.size();
  }

 private:
  Front front_;
  std::size_t at_ = 0;
  std::unique_ptr<Source> rest_;
};

/// Looks at the front of what passes.
class SniffedSource final : public Source {
 public:
  SniffedSource(std::unique_ptr<Source> from, std::function<void(Codec)> check)
      : from_(std::move(from)), check_(std::move(check)) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = from_->read(into);
    if (checked_) return count;
    front_.add(Bytes(into).first(count));
    checked_ = front_.full() || count == 0;
    if (checked_) check_(sniff(front_.bytes()));
    return count;
  }

 private:
  std::unique_ptr<Source> from_;
  std::function<void(Codec)> check_;
  Front front_;
  bool checked_ = false;
};

/// Checks the DiffID of what is read to its end.
class DiffIdSource final : public Source {
 public:
  DiffIdSource(std::unique_ptr<Source> from, Digest expected)
      : from_(std::move(from)), expected_(std::move(expected)), hasher_(expected_.algorithm()) {}

  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = ended_ ? 0 : from_->read(into);
    hasher_.update(Bytes(into).first(count));
    if (count == 0 && !ended_ && !into.empty()) check();
    return count;
  }

 private:
  void check() {
    ended_ = true;
    if (const Digest found = hasher_.digest(); found != expected_) {
      throw Error(Errc::corrupt, "expected a layer with DiffID " + expected_.string() +
                                     ", as the config says, found one with " + found.string());
    }
  }

  std::unique_ptr<Source> from_;
  Digest expected_;
  Hasher hasher_;
  bool ended_ = false;
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
  Front front;
  front.fill(*body.open());
  return sniff(front.bytes());
}

Peeked peek(const Body& body) {
  std::unique_ptr<Source> source = body.open();
  Front front;
  front.fill(*source);
  const Codec codec = sniff(front.bytes());
  // Shared, because a function must be one that can be copied.
  const auto once = std::make_shared<std::unique_ptr<Source>>(
      std::make_unique<PeekedSource>(front, std::move(source)));
  return {codec, {[once] { return std::move(*once); }, body.size}};
}

Body sniffed(const Body& body, std::function<void(Codec)> check) {
  return {[open = body.open, check = std::move(check)] {
            return std::make_unique<SniffedSource>(open(), check);
          },
          body.size};
}

MadeLayer make_layer(const Feed& feed, const Compression& compression, ImageFormat format,
                     std::size_t threads, LayoutChange& change, const std::stop_token& stop) {
  const auto writer = change.create();
  const auto compressor = make_compressor(compression, *writer, threads);
  Digester uncompressed(*compressor);
  Relay hashing(uncompressed, threads / threads_a_hasher);
  feed(hashing, stop);
  return {describe(writer->commit(), compression.codec, format), uncompressed.digest()};
}

void copy_blob(const Body& body, const Blob& blob, BlobLink::Sharing sharing, std::size_t threads,
               LayoutChange& change, ProgressTask& task, const std::stop_token& stop) {
  if (body.file) {
    if (auto link = change.link(*body.file, sharing)) {
      NullSink nowhere;
      const auto source = verified(watched(link->body(), task), blob.digest, blob.size).open();
      drain(*source, nowhere, stop);
      return link->commit(blob.digest);
    }
  }
  const auto writer = change.create(blob.digest.algorithm(), threads);
  const auto source = watched(body, task).open();
  drain(*source, *writer, stop);
  writer->commit(blob.digest, blob.size);
}

MadeLayer keep_layer(const Body& body, Codec codec, ImageFormat format, std::size_t threads,
                     LayoutChange& change, const std::stop_token& stop) {
  NullSink nowhere;
  Digester uncompressed(nowhere);
  const auto decompressor = make_decompressor(codec, uncompressed);
  const auto writer = change.create();
  Relay decompressing(*decompressor, threads);
  Tee both(*writer, decompressing);
  const auto source = body.open();
  drain(*source, both, stop);
  return {describe(writer->commit(), codec, format), uncompressed.digest()};
}

Body watched(const Body& body, ProgressTask& task) {
  return {[open = body.open, &task] { return std::make_unique<WatchedSource>(open(), task); },
          body.size};
}

Feed unpacked(const Body& body, Codec codec, std::size_t threads) {
  return [body, codec, threads](Sink& to, const std::stop_token& stop) {
    const auto decompressor = make_decompressor(codec, to);
    Relay decompressing(*decompressor, codec == Codec::none ? 1 : threads);
    const auto source = body.open();
    drain(*source, decompressing, stop);
  };
}

std::unique_ptr<Source> checked_diff_id(std::unique_ptr<Source> layer, const Digest& diff_id) {
  return std::make_unique<DiffIdSource>(std::move(layer), diff_id);
}

}  // namespace ocimux
