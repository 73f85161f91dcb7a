#pragma once

#include <ocimux/io/stream.hpp>

#include "compress/gzip_blocks.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ocimux {

/// Gzip in parallel: the input is cut into blocks of a fixed size, which are compressed apart and
/// written in order; cutting at fixed offsets makes the bytes independent of the number of threads.
/// As the level has it, each block is a gzip member of its own (RFC 1952, section 2.2, makes a row
/// of members one file; it costs 18 bytes and an empty window a block), or all are parts of one,
/// each ending at a byte (5 bytes). Memory: two blocks a thread and one, each with its output.
///
/// The caller's thread only fills blocks. Whichever worker ends the next block in order writes it
/// (and those behind it that are done), so hashing and writing the output overlap with all else.
/// With a width of one everything happens in the caller's thread.
class GzipCompressor final : public Sink {
 public:
  static constexpr std::size_t block_size = std::size_t{1} << 20U;

  /// @p level from 1 to 9. @p next is written to from one thread at a time, not always the same.
  GzipCompressor(int level, Sink& next, std::size_t width);
  ~GzipCompressor() override;

  void write(Bytes bytes) override;
  void finish() override;

 private:
  struct Block {
    std::vector<std::byte> input;  // with the end of the block before in front
    std::size_t history = 0;       // bytes of that
    bool last = false;
    std::vector<std::byte> output;  // as large as it ever had to be; `size` bytes count
    std::size_t size = 0;
    std::uint32_t checksum = 0;
    bool done = false;

    [[nodiscard]] Bytes content() const { return Bytes(input).subspan(history); }
  };

  void submit(bool last);
  bool start_worker();
  void take_free_block();
  void begin_block();
  void keep_history(const std::vector<std::byte>& before);
  void encode(GzipEncoder& encoder, Block& block) const;
  void work(const std::stop_token& stop);
  Block* wait_for_work(const std::stop_token& stop);
  void write_block(const Block& block);
  void write_in_order(std::unique_lock<std::mutex>& lock);
  void park(std::exception_ptr failure);

  int level_;
  GzipFraming framing_;
  Sink& next_;
  std::size_t width_;
  std::unique_ptr<Block> filling_;
  std::unique_ptr<GzipEncoder> own_encoder_;  // for a width of one
  std::vector<std::byte> history_;            // of the next block
  std::uint32_t checksum_ = 0;                // of what was written
  std::int64_t size_ = 0;                     // of that, uncompressed

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Block*> waiting_;                   // not yet taken by a worker
  std::deque<std::unique_ptr<Block>> in_order_;  // submitted, not yet written
  std::vector<std::unique_ptr<Block>> free_;
  std::size_t blocks_ = 1;
  bool writing_ = false;  // a worker is at it
  std::exception_ptr failure_;
  std::vector<std::jthread> workers_;  // last: they end before what they use
};

}  // namespace ocimux
