// The walk over a tar's headers, by the number of its members.
#include "input.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "support/files.hpp"
#include "tar/reader.hpp"
#include "tar/writer.hpp"

#include <benchmark/benchmark.h>

#include <map>
#include <memory>
#include <string>

namespace ocimux::bench {
namespace {

// As in a root filesystem: small files, some directories and links, some names too long for ustar.
void write_tar(const std::filesystem::path& path, std::int64_t members) {
  const File file = File::create(path);
  FileSink sink(file);
  TarWriter writer(sink);
  const std::string content(1000, 'x');
  for (std::int64_t i = 0; i < members; ++i) {
    TarMember member;
    member.path = "usr/lib/package-" + std::to_string(i / 100) + "/file-" + std::to_string(i);
    if (i % 100 == 99) member.path += std::string(200, 'n');
    member.mode = 0644;
    member.mtime = 1'700'000'000 + i;
    if (i % 100 == 0) {
      member.kind = TarMember::Kind::directory;
    } else if (i % 20 == 1) {
      member.kind = TarMember::Kind::symlink;
      member.link_target = "elsewhere";
    } else {
      member.size = static_cast<std::int64_t>(content.size());
    }
    writer.begin(member);
    if (member.size > 0) writer.content(as_bytes(content));
  }
  writer.finish();
}

// Made once each: a benchmark is begun several times until it knows how long it takes.
std::shared_ptr<const File> tar_of(std::int64_t members) {
  static const test::TemporaryDirectory directory;
  static std::map<std::int64_t, std::shared_ptr<const File>> made;
  auto& file = made[members];
  if (!file) {
    const auto path = directory / std::to_string(members);
    write_tar(path, members);
    file = std::make_shared<const File>(File::open(path));
  }
  return file;
}

void scan_headers(benchmark::State& state) {
  const auto file = tar_of(state.range(0));
  for (auto _ : state) {
    TarReader reader(file);
    std::int64_t found = 0;
    while (reader.next()) ++found;
    if (found != state.range(0)) state.SkipWithError("not every member was found");
  }
  report_items(state, state.range(0));
  report_bytes(state, static_cast<std::size_t>(file->size()));
}
BENCHMARK(scan_headers)
    ->ArgName("members")
    ->Arg(100)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ocimux::bench
