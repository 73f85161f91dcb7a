// Hashing, in pieces of several sizes: what a call costs, and what a byte.
#include "digest/digester.hpp"
#include "digest/hasher.hpp"
#include "input.hpp"
#include "io/memory.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>

namespace ocimux::bench {
namespace {

void hash(benchmark::State& state, const char* algorithm) {
  const auto size = static_cast<std::size_t>(state.range(0));
  const Bytes plain = input();  // not while the clock runs
  for (auto _ : state) {
    NullSink sink;
    Digester digester(sink, algorithm);
    push(plain, digester, size);
    benchmark::DoNotOptimize(digester.digest().string().data());
  }
  report_bytes(state, plain.size());
}

BENCHMARK_CAPTURE(hash, sha256, "sha256")
    ->ArgName("piece")
    ->RangeMultiplier(16)
    ->Range(1 << 10, 4 << 20)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(hash, sha512, "sha512")
    ->ArgName("piece")
    ->RangeMultiplier(16)
    ->Range(1 << 10, 4 << 20)
    ->Unit(benchmark::kMillisecond);

// A document: begun, hashed and ended for a few hundred bytes.
void hash_document(benchmark::State& state) {
  const Bytes document = input().first(std::min<std::size_t>(input().size(), 512));
  for (auto _ : state) {
    Hasher hasher;
    hasher.update(document);
    benchmark::DoNotOptimize(hasher.digest().string().data());
  }
  report_items(state, 1);
}
BENCHMARK(hash_document);

}  // namespace
}  // namespace ocimux::bench
