// Gathering small blobs and publishing them as a new layout, by their number: what a blob costs
// beside its bytes. Most of it is the disk's: TMPDIR says which one.
#include "input.hpp"
#include "layout/change.hpp"
#include "support/files.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>

namespace ocimux::bench {
namespace {

void gather_and_publish(benchmark::State& state) {
  const test::TemporaryDirectory directory;
  const std::string content(1000, 'x');
  for (auto _ : state) {
    {
      LayoutChange change(directory / "layout");
      for (std::int64_t i = 0; i < state.range(0); ++i) change.put(content + std::to_string(i));
      change.publish([](const Index& before) { return before; });
    }
    state.PauseTiming();
    std::filesystem::remove_all(directory / "layout");
    state.ResumeTiming();
  }
  report_items(state, state.range(0));
}
BENCHMARK(gather_and_publish)
    ->ArgName("blobs")
    ->RangeMultiplier(10)
    ->Range(10, 10'000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace ocimux::bench
