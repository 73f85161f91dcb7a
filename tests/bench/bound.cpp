// What the parts of a merge cost each by itself, without anything around them: reading files,
// hashing them, compressing them, hashing and writing what comes of it. No merge that does all of
// this can take less than their sum divided by the processors.
//
// usage: ocimux_bound COMPRESSION SCRATCH-DIRECTORY THREADS FILE...
//
// That many threads do the same work at once, part by part, and what is told is the mean of what
// one of them used: processors that share a memory are slower when all of them work.
// SCRATCH-DIRECTORY has no bound-<number> yet. COMPRESSION as `ocimux merge --compression` takes
// it; with `none` the files are only copied, and hashed once. Prints one JSON object. A file and
// what comes of it are held in memory, once a thread.
#include <ocimux/base/error.hpp>

#include "compress/compressor.hpp"
#include "digest/hasher.hpp"
#include "io/directory.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
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

/// The threads that work at once.
class Crew {
 public:
  explicit Crew(int size) : size_(size), barrier_(size) {}
  void wait() { barrier_.arrive_and_wait(); }
  [[nodiscard]] int size() const { return size_; }

 private:
  int size_;
  std::barrier<> barrier_;
};

struct Cost {
  double cpu = 0;
  double wall = 0;

  template <typename Work>
  void add(Crew& crew, Work work) {
    crew.wait();
    const double cpu_before = processor_seconds();
    const double wall_before = clock_seconds();
    work();
    crew.wait();
    cpu += (processor_seconds() - cpu_before) / crew.size();
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

class Costs {
 public:
  Costs(Crew& crew, std::string scratch) : crew_(crew), scratch_(std::move(scratch)) {}

  Cost read, hash_in, compress, hash_out, write, sync;
  std::size_t bytes_in = 0;
  std::size_t bytes_out = 0;

  void add(const std::string& path, const Compression& compression);
  /// All files at the end, for what the file system does for one it does for many at once.
  void sync_all();

 private:
  void hash(Bytes bytes, Cost& cost);
  void write_out(Bytes bytes);

  Crew& crew_;
  std::string scratch_;
  std::vector<File> written_;
};

void Costs::hash(Bytes bytes, Cost& cost) {
  cost.add(crew_, [&] {
    Hasher hasher;
    each_piece(bytes, [&](Bytes part) { hasher.update(part); });
    static_cast<void>(hasher.digest());
  });
}

void Costs::write_out(Bytes bytes) {
  static std::atomic<int> serial = 0;
  const std::string path = scratch_ + "/bound-" + std::to_string(serial.fetch_add(1));
  write.add(crew_, [&] {
    written_.push_back(File::create(path));
    each_piece(bytes, [&](Bytes part) { written_.back().write(part); });
  });
  bytes_out += bytes.size();
}

void Costs::sync_all() {
  sync.add(crew_, [&] {
    for (const File& file : written_) file.sync();
  });
  for (const File& file : written_) remove_tree(file.name());
}

void Costs::add(const std::string& path, const Compression& compression) {
  const File file = File::open(path);
  Kept in(static_cast<std::size_t>(file.size()));
  std::vector<std::byte> buffer(piece);
  const auto read_all = [&](auto take) {
    std::int64_t at = 0;
    for (std::size_t got = piece; got == piece; at += static_cast<std::int64_t>(got)) {
      got = file.read_at(buffer, at);
      take(Bytes(buffer).first(got));
    }
  };
  read.add(crew_, [&] { read_all([](Bytes /*bytes*/) {}); });
  read_all([&](Bytes bytes) { in.write(bytes); });
  bytes_in += in.bytes().size();
  hash(in.bytes(), hash_in);
  if (compression.codec == Codec::none) {
    write_out(in.bytes());
    return;
  }
  Kept out(in.bytes().size());
  compress.add(crew_, [&] {
    const auto compressor = make_compressor(compression, out, 1);
    each_piece(in.bytes(), [&](Bytes part) { compressor->write(part); });
    compressor->finish();
  });
  hash(out.bytes(), hash_out);
  write_out(out.bytes());
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
  if (arguments.size() < 4) {
    std::cerr << "usage: ocimux_bound COMPRESSION SCRATCH-DIRECTORY THREADS FILE...\n";
    return 2;
  }
  const Compression compression = Compression::parse(arguments[0]);
  Crew crew(std::stoi(arguments[2]));
  std::vector<std::unique_ptr<Costs>> costs;
  for (int i = 0; i < crew.size(); ++i) {
    costs.push_back(std::make_unique<Costs>(crew, arguments[1]));
  }
  const auto work = [&](Costs& own) {
    for (std::size_t i = 3; i < arguments.size(); ++i) own.add(arguments[i], compression);
    own.sync_all();
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < costs.size(); ++i) {
      others.emplace_back([&, i] { work(*costs[i]); });
    }
    work(*costs.front());
  }
  print(*costs.front());
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
