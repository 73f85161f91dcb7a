// Compressors: what they write unpacks to what they were given, and is the same in any pieces and
// with any number of threads. The first bytes say codec and level, threads, pieces, and how often
// the rest is repeated, so that small inputs come to the ends of blocks.

#include "compress/compressor.hpp"
#include "compress/decompressor.hpp"
#include "fuzz/fuzzing.hpp"

namespace ocimux::fuzz {
namespace {

constexpr std::size_t most_input = (std::size_t{1} << 20) + 70'000;  // a block of gzip, and more

Compression compression_of(std::uint8_t number) {
  const int drawn = number % 16;
  if (drawn < 9) return {Codec::gzip, drawn + 1};
  if (drawn < 15) return {Codec::zstd, drawn - 8};
  return {Codec::none, 0};
}

std::string input_of(std::string_view text, std::uint8_t repeats) {
  std::string all(text);
  for (unsigned i = 0; i < repeats % 24U && all.size() < most_input; ++i) all += all;
  return all.substr(0, most_input);
}

std::string compressed(const std::string& input, const Compression& compression, std::uint8_t seed,
                       std::size_t width) {
  MemorySink sink;
  const auto compressor = make_compressor(compression, sink, width);
  if (seed == 0) {
    compressor->write(as_bytes(input));
  } else {
    write_cut(input, seed, *compressor);
  }
  compressor->finish();
  return sink.take();
}

void check(const std::string& input, const Compression& compression, std::uint8_t seed,
           std::size_t width) {
  const std::string once = compressed(input, compression, 0, 1);
  require(once == compressed(input, compression, seed, width),
          "the bytes depend on neither pieces nor threads");
  LimitedSink sink(input.size());
  const auto decompressor = make_decompressor(compression.codec, sink);
  write_cut(once, seed, *decompressor);
  decompressor->finish();
  require(sink.text == input, "what was compressed unpacks to the same");
}

}  // namespace
}  // namespace ocimux::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ocimux::fuzz::Steering steering(ocimux::fuzz::text_of(data, size));
  const ocimux::Compression compression = ocimux::fuzz::compression_of(steering.byte());
  const std::size_t width = 1 + steering.byte() % 3;
  const std::uint8_t seed = steering.byte();
  const std::uint8_t repeats = steering.byte();
  ocimux::fuzz::check(ocimux::fuzz::input_of(steering.rest(), repeats), compression, seed, width);
  return 0;
}
