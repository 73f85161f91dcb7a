#include "input.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace ocimux::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t wanted = 64 << 20;
// Of one file, so that a few huge ones do not stand for all.
constexpr std::size_t most_of_one = 1 << 20;

void append(const fs::path& path, std::size_t most, std::string& to) {
  std::ifstream file(path, std::ios::binary);
  const std::size_t before = to.size();
  to.resize(before + most);
  file.read(to.data() + before, static_cast<std::streamsize>(most));
  to.resize(before + static_cast<std::size_t>(file.gcount()));
}

// Sorted: the same machine gives the same bytes.
std::vector<fs::path> files_below(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code failure;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator at(directory, options, failure), end; at != end;
       at.increment(failure)) {
    if (at->is_regular_file(failure) && !at->is_symlink(failure)) files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string machine_files() {
  std::string bytes;
  bytes.reserve(wanted);
  for (const char* directory : {"/usr/bin", "/usr/lib", "/usr/share"}) {
    // A third of each: programs, libraries and text, as a root filesystem has them.
    const std::size_t enough = std::min(bytes.size() + wanted / 3, wanted);
    for (const fs::path& file : files_below(directory)) {
      if (bytes.size() >= enough) break;
      append(file, std::min(most_of_one, enough - bytes.size()), bytes);
    }
  }
  return bytes;
}

std::string load() {
  const char* named = std::getenv("OCIMUX_BENCH_INPUT");
  std::string bytes;
  if (named == nullptr) {
    bytes = machine_files();
  } else {
    append(named, fs::file_size(named), bytes);
  }
  if (bytes.empty())
    throw std::runtime_error("there is nothing to compress: set OCIMUX_BENCH_INPUT");
  return bytes;
}

}  // namespace

Bytes input() {
  static const std::string bytes = load();
  return std::as_bytes(std::span(bytes));
}

void push(Bytes bytes, Sink& sink, std::size_t size) {
  while (!bytes.empty()) {
    const Bytes piece = bytes.first(std::min(size, bytes.size()));
    sink.write(piece);
    bytes = bytes.subspan(piece.size());
  }
  sink.finish();
}

void report_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) *
                          static_cast<std::int64_t>(state.iterations()));
}

void report_items(benchmark::State& state, std::int64_t items) {
  state.SetItemsProcessed(items * static_cast<std::int64_t>(state.iterations()));
}

}  // namespace ocimux::bench
