#pragma once

#include <ocimux/io/stream.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace ocimux {

/// Passes what is written on to another Sink in a thread of its own, so that both sides work at
/// once. At most `pieces` pieces of `piece_size` bytes are under way: a writer that is faster than
/// the other side waits. What the other Sink throws is thrown by the next write() or finish().
///
/// The thread starts when the first piece is full, so little input costs none. With fewer than two
/// threads to use, or where none can be started, bytes pass straight on in the caller's.
class Relay final : public Sink {
 public:
  static constexpr std::size_t piece_size = std::size_t{256} * 1024;
  static constexpr std::size_t pieces = 6;

  /// @p threads is how many the caller may use, its own included.
  explicit Relay(Sink& next, std::size_t threads = 2) : next_(next), direct_(threads < 2) {}
  /// Without finish() before, what is still under way is dropped.
  ~Relay() override;

  void write(Bytes bytes) override;
  /// Returns after the other Sink has finished.
  void finish() override;

 private:
  using Piece = std::vector<std::byte>;

  void hand_over();
  void work(const std::stop_token& stop);
  void wait_for(std::size_t most_under_way);

  Sink& next_;
  bool direct_;  // without a thread
  Piece filling_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Piece> under_way_;  // the front one is being written
  std::vector<Piece> empty_;
  std::exception_ptr failure_;
  std::vector<std::jthread> thread_;  // last: it ends before what it uses
};

}  // namespace ocimux
