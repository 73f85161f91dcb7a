// Compressed streams: the first byte names the codec, the second the pieces it comes in. (They
// decide nothing but how the rest is read.)

#include "compress/codec.hpp"
#include "compress/decompressed.hpp"
#include "compress/decompressor.hpp"
#include "fuzz/fuzzing.hpp"

#include <array>

namespace ocimux::fuzz {
namespace {

constexpr std::size_t most_output = std::size_t{4} << 20;
constexpr std::array codecs{Codec::gzip, Codec::zstd, Codec::xz, Codec::bzip2, Codec::none};

struct Unpacked {
  std::string text;
  bool whole = false;
  friend bool operator==(const Unpacked&, const Unpacked&) = default;
};

template <typename Work>
Unpacked unpacked(Work work) {
  LimitedSink sink(most_output);
  try {
    work(sink);
    require(sink.finished == 1, "the end is told on once");
    return {std::move(sink.text), true};
  } catch (const Error& error) {
    require(error.code() == Errc::corrupt || error.code() == Errc::unsupported,
            "what is wrong with a stream is its content");
    require(sink.finished == 0, "what is damaged is not finished");
  } catch (const LimitedSink::TooMuch&) {
    sink.text.clear();
  }
  return {{}, false};
}

void check(std::string_view text, Codec codec, std::uint8_t seed) {
  const Unpacked at_once = unpacked([&](Sink& to) {
    const auto decompressor = make_decompressor(codec, to);
    decompressor->write(as_bytes(text));
    decompressor->finish();
  });
  const Unpacked in_pieces = unpacked([&](Sink& to) {
    const auto decompressor = make_decompressor(codec, to);
    write_cut(text, seed, *decompressor);
    decompressor->finish();
  });
  require(at_once == in_pieces, "a stream unpacks the same in any pieces");
  if (sniff(as_bytes(text)) != codec || codec == Codec::xz || codec == Codec::bzip2) return;
  const Unpacked pulled = unpacked(
      [&](Sink& to) { drain(*decompressed(std::make_unique<CutSource>(text, seed)), to); });
  require(at_once == pulled, "a stream is pulled as it is pushed");
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::Steering steering(ocimux::fuzz::text_of(data, size));
  const ocimux::Codec codec = ocimux::fuzz::codecs[steering.byte() % ocimux::fuzz::codecs.size()];
  const std::uint8_t seed = steering.byte();
  ocimux::fuzz::check(steering.rest(), codec, seed);
  return 0;
}
