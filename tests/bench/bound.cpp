// What the parts of a merge cost each by itself, in one thread and without anything around them:
// reading files, hashing them, compressing them, hashing and writing what comes of it. No merge
// that does all of this can take less than their sum divided by the processors.
//
// usage: ocimux_bound COMPRESSION SCRATCH-DIRECTORY FILE...
//
// SCRATCH-DIRECTORY has no bound-<number> yet. COMPRESSION as `ocimux merge --compression` takes
// it; with `none` the files are only copied, and hashed once. Prints one JSON object. A file and
// what comes of it are held in memory.
#include <ocimux/base/error.hpp>

#include "compress/compressor.hpp"
#include "digest/hasher.hpp"
#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

namespace ocimux {
namespace {

constexpr std::size_t piece = 1 << 20;

// Process time: a compressor may have its worker even at width 1.
double processor_seconds() {
  timespec now = {};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double clock_seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

struct Cost {
  double cpu = 0;
  double wall = 0;

  template <typename Work>
  void add(Work work) {
    const double cpu_before = processor_seconds();
    const double wall_before = clock_seconds();
    work();
    cpu += processor_seconds() - cpu_before;
    wall += clock_seconds() - wall_before;
  }
};

// Memory that was touched before, so that no page fault is counted as compression.
class Kept final : public Sink {
 public:
  explicit Kept(std::size_t expected) : bytes_(expected) {}

  void write(Bytes bytes) override {
    if (bytes_.size() - size_ < bytes.size()) bytes_.resize(size_ + bytes.size());
    std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += bytes.size();
  }
  void finish() override {}
  [[nodiscard]] Bytes bytes() const { return Bytes(bytes_).first(size_); }

 private:
  std::vector<std::byte> bytes_;
  std::size_t size_ = 0;
};

template <typename Take>
void each_piece(Bytes bytes, Take take) {
  while (!bytes.empty()) {
    take(bytes.first(std::min(piece, bytes.size())));
    bytes = bytes.subspan(std::min(piece, bytes.size()));
  }
}

struct Costs {
  Cost read, hash_in, compress, hash_out, write, sync;
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;

  void add(const std::string& path, const Compression& compression, const std::string& scratch);
  /// All files at the end, for what the file system does for one it does for many at once.
  void sync_all();

 private:
  static void hash(Bytes bytes, Cost& cost);
  void write_out(Bytes bytes, const std::string& scratch);

  std::vector<File> written_;
};

void Costs::hash(Bytes bytes, Cost& cost) {
  cost.add([&] {
    Hasher hasher;
    each_piece(bytes, [&](Bytes part) { hasher.update(part); });
    static_cast<void>(hasher.digest());
  });
}

void Costs::write_out(Bytes bytes, const std::string& scratch) {
  const std::string path = scratch + "/bound-" + std::to_string(written_.size());
  write.add([&] {
    written_.push_back(File::create(path));
    each_piece(bytes, [&](Bytes part) { written_.back().write(part); });
  });
  bytes_out += bytes.size();
}

void Costs::sync_all() {
  sync.add([&] {
    for (const File& file : written_) file.sync();
  });
  for (const File& file : written_) remove_tree(file.name());
}

void Costs::add(const std::string& path, const Compression& compression,
                const std::string& scratch) {
  const File file = File::open(path);
  std::vector<std::byte> buffer(piece);
  Kept in(static_cast<std::size_t>(file.size()));
  for (std::size_t got = piece; got == piece; in.write(Bytes(buffer).first(got))) {
    read.add([&] { got = file.read_at(buffer, static_cast<std::int64_t>(in.bytes().size())); });
  }
  bytes_in += in.bytes().size();
  hash(in.bytes(), hash_in);
  if (compression.codec == Codec::none) {
    write_out(in.bytes(), scratch);
    return;
  }
  Kept out(in.bytes().size());
  compress.add([&] {
    const auto compressor = make_compressor(compression, out, 1);
    each_piece(in.bytes(), [&](Bytes part) { compressor->write(part); });
    compressor->finish();
  });
  hash(out.bytes(), hash_out);
  write_out(out.bytes(), scratch);
}

void print(const Costs& costs) {
  std::printf("{\"bytes_in\":%zu,\"bytes_out\":%zu", costs.bytes_in, costs.bytes_out);
  const auto part = [](const char* name, const Cost& cost) {
    std::printf(",\"%s\":{\"cpu\":%.6f,\"wall\":%.6f}", name, cost.cpu, cost.wall);
  };
  part("read", costs.read);
  part("hash_in", costs.hash_in);
  part("compress", costs.compress);
  part("hash_out", costs.hash_out);
  part("write", costs.write);
  part("sync", costs.sync);
  std::printf("}\n");
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.size() < 3) {
    std::cerr << "usage: ocimux_bound COMPRESSION SCRATCH-DIRECTORY FILE...\n";
    return 2;
  }
  Costs costs;
  const Compression compression = Compression::parse(arguments[0]);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    costs.add(arguments[i], compression, arguments[1]);
  }
  costs.sync_all();
  print(costs);
  return 0;
}

}  // namespace
}  // namespace ocimux

int main(int count, char** arguments) {
  try {
    return ocimux::run({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::cerr << "ocimux_bound: " << error.what() << '\n';
    return 1;
  }
}
