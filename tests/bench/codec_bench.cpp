// Every codec and level by itself: bytes a second of what goes in (compressing) or comes out
// (decompressing), and the compressed size as a part of it.
#include "compress/compressor.hpp"
#include "compress/decompressor.hpp"
#include "input.hpp"
#include "io/memory.hpp"
#include "support/files.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>

namespace ocimux::bench {
namespace {

constexpr auto compressions = {"none",   "gzip:1", "gzip:2",  "gzip:3",  "gzip:4", "gzip:5",
                               "gzip:6", "gzip:7", "gzip:8",  "gzip:9",  "zstd:1", "zstd:3",
                               "zstd:6", "zstd:9", "zstd:12", "zstd:15", "zstd:19"};

void compress(benchmark::State& state, const std::string& how) {
  const Compression compression = Compression::parse(how);
  const Bytes plain = input();  // not while the clock runs
  std::int64_t written = 0;
  for (auto _ : state) {
    NullSink sink;
    const auto compressor =
        make_compressor(compression, sink, static_cast<std::size_t>(state.range(0)));
    push(plain, *compressor);
    written = sink.count();
  }
  report_bytes(state, plain.size());
  state.counters["ratio"] = static_cast<double>(written) / static_cast<double>(plain.size());
}

void decompress(benchmark::State& state, Codec codec, Bytes plain, const std::string& compressed) {
  for (auto _ : state) {
    NullSink sink;
    const auto decompressor = make_decompressor(codec, sink);
    push(as_bytes(compressed), *decompressor);
    if (sink.count() != static_cast<std::int64_t>(plain.size())) {
      state.SkipWithError("what came out is not what went in");
    }
  }
  report_bytes(state, plain.size());
  state.counters["ratio"] =
      static_cast<double>(compressed.size()) / static_cast<double>(plain.size());
}

// What we compressed ourselves.
void decompress_ours(benchmark::State& state, const std::string& how) {
  const Compression compression = Compression::parse(how);
  MemorySink sink;
  push(input(), *make_compressor(compression, sink, 2));
  decompress(state, compression.codec, input(), sink.text());
}

// What others compressed: gzip in one member, and codecs that we only read. They are slow: the
// first 8 MiB will do.
void decompress_theirs(benchmark::State& state, const std::string& program) {
  const Bytes plain = input().first(std::min<std::size_t>(input().size(), 8 << 20));
  const std::string compressed = test::compressed_by(program, std::string(as_text(plain)));
  decompress(state, sniff(as_bytes(compressed)), plain, compressed);
}

// Threads work inside of one pass, so the time of all of them counts as the processor's, and the
// time on the clock as the pass's.
void set_up(benchmark::internal::Benchmark* made) {
  made->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
}

[[maybe_unused]] const bool registered = [] {
  for (const std::string how : compressions) {
    auto* made = benchmark::RegisterBenchmark(("compress/" + how).c_str(), compress, how);
    set_up(made->ArgName("width")->Arg(1)->Arg(2));
  }
  for (const std::string how : {"gzip:1", "gzip:6", "zstd:3"}) {
    set_up(benchmark::RegisterBenchmark(("decompress/ours/" + how).c_str(), decompress_ours, how));
  }
  for (const std::string program : {"gzip", "zstd", "xz", "bzip2"}) {
    set_up(benchmark::RegisterBenchmark(("decompress/theirs/" + program).c_str(), decompress_theirs,
                                        program));
  }
  return true;
}();

}  // namespace
}  // namespace ocimux::bench
