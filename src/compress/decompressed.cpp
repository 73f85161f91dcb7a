#include "compress/decompressed.hpp"

#include <ocimux/base/error.hpp>

#include "compress/codec.hpp"
#include "compress/decompressor.hpp"
#include "io/memory.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

// Decompressors are sinks: bytes are pushed through them, and come out as many as there are. To be
// read from, one is fed pieces so small that what comes out of one can be held: a byte of gzip
// becomes at most 1032 bytes, four bytes of zstd at most 128 KiB.

namespace ocimux {
namespace {

constexpr std::size_t piece_size = 512;

class Decompressed final : public Source {
 public:
  Decompressed(const std::string& front, std::unique_ptr<Source> from, Codec codec)
      : from_(std::move(from)), decompressor_(make_decompressor(codec, ready_)) {
    decompressor_->write(as_bytes(front));
  }

  std::size_t read(std::span<std::byte> into) override {
    while (at_ == ready_.bytes.size() && !ended_) decompress();
    const std::size_t count = std::min(into.size(), ready_.bytes.size() - at_);
    std::copy_n(ready_.bytes.begin() + static_cast<std::ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }

 private:
  struct Ready final : Sink {
    void write(Bytes more) override { bytes.insert(bytes.end(), more.begin(), more.end()); }
    void finish() override {}
    std::vector<std::byte> bytes;
  };

  void decompress() {
    ready_.bytes.clear();
    at_ = 0;
    if (next_.empty()) {
      next_ = Bytes(input_).first(from_->read(input_));
      ended_ = next_.empty();
    }
    if (ended_) return decompressor_->finish();
    const Bytes piece = next_.first(std::min(next_.size(), piece_size));
    next_ = next_.subspan(piece.size());
    decompressor_->write(piece);
  }

  std::unique_ptr<Source> from_;
  std::array<std::byte, std::size_t{32} * 1024> input_{};
  Bytes next_;  // of the input, what was not decompressed yet
  Ready ready_;
  std::size_t at_ = 0;  // up to which what is ready was read
  bool ended_ = false;
  std::unique_ptr<Sink> decompressor_;
};

/// Gives the front again, and then the rest.
class Rejoined final : public Source {
 public:
  Rejoined(std::string front, std::unique_ptr<Source> rest)
      : front_(std::move(front)), rest_(std::move(rest)) {}

  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = front_.read(into);
    return count != 0 || into.empty() ? count : rest_->read(into);
  }

 private:
  MemorySource front_;
  std::unique_ptr<Source> rest_;
};

}  // namespace

std::unique_ptr<Source> decompressed(std::unique_ptr<Source> from) {
  std::string front(sniff_length, '\0');
  std::size_t have = 0;
  while (have < front.size()) {
    const std::size_t count = from->read(std::as_writable_bytes(std::span(front)).subspan(have));
    if (count == 0) break;
    have += count;
  }
  front.resize(have);
  switch (const Codec codec = sniff(as_bytes(front))) {
    case Codec::none: return std::make_unique<Rejoined>(std::move(front), std::move(from));
    case Codec::gzip:
    case Codec::zstd: return std::make_unique<Decompressed>(front, std::move(from), codec);
    default:
      throw Error(Errc::unsupported,
                  "expected a layer in gzip, zstd or uncompressed, found one in " +
                      std::string(name_of(codec)));
  }
}

}  // namespace ocimux
