#include "compress/gzip_compressor.hpp"

#include "base/parallel.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ocimux {
namespace {

// The end of a member: checksum and size, each of four bytes, the lowest first.
std::array<std::byte, 8> trailer(std::uint32_t checksum, std::uint32_t size) {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes.at(i) = static_cast<std::byte>(checksum >> (8 * i));
    bytes.at(i + 4) = static_cast<std::byte>(size >> (8 * i));
  }
  return bytes;
}

}  // namespace

GzipCompressor::GzipCompressor(int level, Sink& next, std::size_t width)
    : level_(level),
      framing_(gzip_framing(level)),
      next_(next),
      width_(std::max<std::size_t>(width, 1)),
      filling_(std::make_unique<Block>()) {}

GzipCompressor::~GzipCompressor() {
  for (std::jthread& worker : workers_) worker.request_stop();
}

void GzipCompressor::write(Bytes bytes) {
  while (!bytes.empty()) {
    // Not before there is more: only then it is known that this is not the last one.
    if (filling_->content().size() == block_size) submit(false);
    std::vector<std::byte>& input = filling_->input;
    const std::size_t count = std::min(bytes.size(), block_size - filling_->content().size());
    input.insert(input.end(), bytes.begin(), bytes.begin() + static_cast<long>(count));
    bytes = bytes.subspan(count);
  }
}

void GzipCompressor::finish() {
  submit(true);
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || (in_order_.empty() && !writing_); });
    if (failure_) std::rethrow_exception(failure_);
  }
  next_.finish();
}

void GzipCompressor::submit(bool last) {
  filling_->last = last;
  keep_history(filling_->input);
  if (start_worker()) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(filling_.get());
      in_order_.push_back(std::move(filling_));
    }
    changed_.notify_all();
    take_free_block();
  } else {
    if (!own_encoder_) own_encoder_ = make_gzip_encoder(level_);
    encode(*own_encoder_, *filling_);
    write_block(*filling_);
  }
  begin_block();
}

// Workers start with the first block each, so small input costs one thread at the most. False when
// there is none: none is wanted, or none is to be had.
bool GzipCompressor::start_worker() {
  if (width_ > 1 && workers_.size() < width_ &&
      !start_thread(workers_, [this](const std::stop_token& stop) { work(stop); })) {
    width_ = std::max<std::size_t>(workers_.size(), 1);
  }
  return !workers_.empty();
}

void GzipCompressor::keep_history(const std::vector<std::byte>& before) {
  if (framing_ == GzipFraming::member_a_block || before.size() < deflate_window) return;
  history_.assign(before.end() - static_cast<long>(deflate_window), before.end());
}

void GzipCompressor::begin_block() {
  filling_->input.assign(history_.begin(), history_.end());
  filling_->history = history_.size();
}

// Two blocks a thread keep all of them busy; a writer that is faster waits here.
void GzipCompressor::take_free_block() {
  std::unique_lock lock(mutex_);
  if (free_.empty() && blocks_ < 2 * width_ + 1) {
    ++blocks_;
    filling_ = std::make_unique<Block>();
    filling_->input.reserve(deflate_window + block_size);
    return;
  }
  changed_.wait(lock, [&] { return failure_ || !free_.empty(); });
  if (failure_) {
    filling_ = std::make_unique<Block>();
    std::rethrow_exception(failure_);
  }
  filling_ = std::move(free_.back());
  free_.pop_back();
}

void GzipCompressor::encode(GzipEncoder& encoder, Block& block) const {
  const Bytes content = block.content();
  const std::size_t bound = encoder.bound(content.size());
  if (block.output.size() < bound) block.output.resize(bound);
  block.size =
      encoder.encode({Bytes(block.input).first(block.history), content, block.last}, block.output);
  if (framing_ == GzipFraming::one_member) block.checksum = gzip_checksum(content);
}

void GzipCompressor::write_block(const Block& block) {
  next_.write(Bytes(block.output).first(block.size));
  if (framing_ == GzipFraming::member_a_block) return;
  const auto size = static_cast<std::int64_t>(block.content().size());
  checksum_ = joined_checksum(checksum_, block.checksum, size);
  size_ += size;
  // The size is kept modulo 2^32 (RFC 1952, section 2.3.1).
  if (block.last) next_.write(trailer(checksum_, static_cast<std::uint32_t>(size_)));
}

void GzipCompressor::work(const std::stop_token& stop) {
  try {
    const auto encoder = make_gzip_encoder(level_);
    while (Block* block = wait_for_work(stop)) {
      encode(*encoder, *block);
      std::unique_lock lock(mutex_);
      block->done = true;
      if (!writing_) write_in_order(lock);
    }
  } catch (...) {
    park(std::current_exception());
  }
}

GzipCompressor::Block* GzipCompressor::wait_for_work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
  if (stop.stop_requested() || failure_) return nullptr;
  Block* const block = waiting_.front();
  waiting_.pop_front();
  return block;
}

// One worker at a time: the output has an order, and a Sink has one writer. Blocks that are done
// meanwhile are written by the same worker; its place at encoding is taken by nobody, which is
// what keeps the rest from running far ahead.
void GzipCompressor::write_in_order(std::unique_lock<std::mutex>& lock) {
  writing_ = true;
  while (!failure_ && !in_order_.empty() && in_order_.front()->done) {
    std::unique_ptr<Block> block = std::move(in_order_.front());
    in_order_.pop_front();
    lock.unlock();
    write_block(*block);
    lock.lock();
    block->done = false;
    free_.push_back(std::move(block));
    changed_.notify_all();
  }
  writing_ = false;
  changed_.notify_all();
}

void GzipCompressor::park(std::exception_ptr failure) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
  }
  changed_.notify_all();
}

}  // namespace ocimux
