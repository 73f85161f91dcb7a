// What reading the headers of executables costs: in the walk over a root filesystem tar, and in
// compressed layers beside the copying of those.
#include "compress/compressor.hpp"
#include "digest/digester.hpp"
#include "input.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "source/layer_programs.hpp"
#include "source/rootfs.hpp"
#include "support/files.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <memory>
#include <string>

namespace ocimux::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t enough = 256 << 20;

// This machine's own programs, each a member.
void write_programs(TarWriter& writer) {
  std::int64_t written = 0;
  for (const auto& entry : fs::directory_iterator("/usr/bin")) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    const std::string content = test::read_file(entry.path());
    TarMember member;
    member.path = "usr/bin/" + entry.path().filename().string();
    member.mode = 0755;
    member.size = static_cast<std::int64_t>(content.size());
    writer.begin(member);
    writer.content(as_bytes(content));
    written += member.size;
    if (written > enough) break;
  }
  writer.finish();
}

const test::TemporaryDirectory& directory() {
  static const test::TemporaryDirectory made;
  return made;
}

std::shared_ptr<const File> tar() {
  static const std::shared_ptr<const File> made = [] {
    const auto path = directory() / "tar";
    const File file = File::create(path);
    FileSink sink(file);
    TarWriter writer(sink);
    write_programs(writer);
    return std::make_shared<const File>(File::open(path));
  }();
  return made;
}

std::shared_ptr<const File> layer() {
  static const std::shared_ptr<const File> made = [] {
    const auto path = directory() / "layer";
    const File file = File::create(path);
    FileSink sink(file);
    const auto compressor = make_compressor(Compression::parse("gzip"), sink, 2);
    const auto source = file_body(tar(), 0, tar()->size()).open();
    drain(*source, *compressor);
    return std::make_shared<const File>(File::open(path));
  }();
  return made;
}

void walk_tar(benchmark::State& state) {
  const auto file = tar();
  for (auto _ : state) {
    TarReader reader(file);
    while (reader.next()) benchmark::ClobberMemory();
  }
  report_bytes(state, static_cast<std::size_t>(file->size()));
}
BENCHMARK(walk_tar)->Unit(benchmark::kMillisecond);

void walk_tar_with_truth(benchmark::State& state) {
  const auto file = tar();
  std::size_t found = 0;
  for (auto _ : state) {
    RootfsSurvey survey(file);
    TarReader reader(file);
    while (const auto member = reader.next()) survey.add(*member, {});
    const auto images = survey.images("tar", silent_progress());
    found = std::get<RootfsImage>(images.front().content).programs.size();
  }
  if (found < 10) state.SkipWithError("the tar holds no programs");
  report_bytes(state, static_cast<std::size_t>(file->size()));
}
BENCHMARK(walk_tar_with_truth)->Unit(benchmark::kMillisecond);

// What a merge does with a layer that it keeps, but for writing it.
void hash_layer(benchmark::State& state) {
  const auto file = layer();
  for (auto _ : state) {
    NullSink nowhere;
    Digester digester(nowhere);
    const auto source = file_body(file, 0, file->size()).open();
    drain(*source, digester);
  }
  report_bytes(state, static_cast<std::size_t>(file->size()));
}
BENCHMARK(hash_layer)->Unit(benchmark::kMillisecond);

void look_into_layer(benchmark::State& state, LookInto depth) {
  const auto file = layer();
  for (auto _ : state) {
    const Programs programs = programs_in_layer(file_body(file, 0, file->size()), depth, {});
    if (programs.size() == 0) state.SkipWithError("no program was found");
  }
  report_bytes(state, static_cast<std::size_t>(file->size()));
}
BENCHMARK_CAPTURE(look_into_layer, front, LookInto::front)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(look_into_layer, whole, LookInto::whole)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ocimux::bench
