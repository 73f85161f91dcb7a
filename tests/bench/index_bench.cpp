// Writing and reading an index, by the number of its platforms.
#include <ocimux/spec/documents.hpp>
#include <ocimux/spec/media_types.hpp>

#include "input.hpp"

#include <benchmark/benchmark.h>

#include <string>

namespace ocimux::bench {
namespace {

Index index_of(std::int64_t platforms) {
  Index index{.media_type = std::string(media_type::oci_index)};
  for (std::int64_t i = 0; i < platforms; ++i) {
    // Windows has a platform for every build; nothing else has thousands.
    const std::string version = "10.0." + std::to_string(10'000 + i) + ".1";
    index.manifests.push_back({
        .media_type = std::string(media_type::oci_manifest),
        .digest = Digest::of(version),
        .size = 400 + i % 100,
        .platform = Platform{.os = "windows", .architecture = "amd64", .os_version = version},
        .annotations = {{"org.opencontainers.image.ref.name", "main-" + std::to_string(i)}},
    });
  }
  return index;
}

void write_index(benchmark::State& state) {
  const Index index = index_of(state.range(0));
  std::size_t size = 0;
  for (auto _ : state) {
    const std::string document = index.document();
    size = document.size();
    benchmark::DoNotOptimize(document.data());
  }
  report_items(state, state.range(0));
  report_bytes(state, size);
}
BENCHMARK(write_index)
    ->ArgName("platforms")
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMicrosecond);

void read_index(benchmark::State& state) {
  const Index index = index_of(state.range(0));
  const std::string document = index.document();
  for (auto _ : state) {
    const Index read = Index::parse(document, index.media_type);
    benchmark::DoNotOptimize(read.manifests.data());
  }
  report_items(state, state.range(0));
  report_bytes(state, document.size());
}
BENCHMARK(read_index)
    ->ArgName("platforms")
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ocimux::bench
