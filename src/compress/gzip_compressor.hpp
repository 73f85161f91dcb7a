#pragma once

#include <ocimux/io/stream.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ocimux {

/// Gzip in parallel: the input is cut into blocks of a fixed size, each becomes a gzip member of
/// its own, and the members are written in order. RFC 1952 (section 2.2) makes a row of members
/// one gzip file, so every reader takes it; cutting at fixed offsets makes the bytes independent
/// of the number of threads. Costs: 18 bytes and an empty window per block, and two blocks of
/// memory per thread.
class GzipCompressor final : public Sink {
 public:
  static constexpr std::size_t block_size = std::size_t{1} << 20U;

  /// @p level from 1 to 9.
  GzipCompressor(int level, Sink& next, std::size_t width);
  ~GzipCompressor() override;

  void write(Bytes bytes) override;
  void finish() override;

 private:
  struct Block {
    std::vector<std::byte> input;
    std::vector<std::byte> output;
    std::exception_ptr failure;
    bool done = false;
  };

  void submit();
  void write_front();
  void work(const std::stop_token& stop);

  int level_;
  Sink& next_;
  std::size_t width_;
  std::vector<std::byte> filling_;
  bool any_ = false;

  std::mutex mutex_;
  std::condition_variable_any wake_worker_;
  std::condition_variable block_done_;
  std::deque<std::shared_ptr<Block>> in_order_;  // submitted, not yet written
  std::deque<std::shared_ptr<Block>> waiting_;   // not yet taken by a worker
  std::vector<std::jthread> workers_;            // last: they end before what they use
};

}  // namespace ocimux
