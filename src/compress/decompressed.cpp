#include "compress/decompressed.hpp"

#include <ocimux/base/error.hpp>

#include "compress/codec.hpp"
#include "compress/decompressing_sources.hpp"
#include "io/memory.hpp"

#include <string>
#include <utility>

namespace ocimux {
namespace {

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
  const Codec codec = sniff(as_bytes(front));
  auto whole = std::make_unique<Rejoined>(std::move(front), std::move(from));
  switch (codec) {
    case Codec::none: return whole;
    case Codec::gzip: return make_gzip_source(std::move(whole));
    case Codec::zstd: return make_zstd_source(std::move(whole));
    default:
      throw Error(Errc::unsupported,
                  "expected a layer in gzip, zstd or uncompressed, found one in " +
                      std::string(name_of(codec)));
  }
}

}  // namespace ocimux
