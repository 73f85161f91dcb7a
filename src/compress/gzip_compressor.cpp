#include "compress/gzip_compressor.hpp"

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

using Encoder = Handle<libdeflate_compressor, libdeflate_free_compressor>;

Encoder make_encoder(int level) {
  Encoder encoder(libdeflate_alloc_compressor(level));
  if (!encoder) throw Error(Errc::io, "no memory for a gzip compressor");
  return encoder;
}

// libdeflate writes the header with no time and an unknown system: nothing of this machine.
std::vector<std::byte> encode(Encoder& encoder, Bytes input) {
  std::vector<std::byte> output(libdeflate_gzip_compress_bound(encoder.get(), input.size()));
  const std::size_t size = libdeflate_gzip_compress(encoder.get(), input.data(), input.size(),
                                                    output.data(), output.size());
  if (size == 0) throw Error(Errc::io, "libdeflate could not compress a block");
  output.resize(size);
  return output;
}

}  // namespace

GzipCompressor::GzipCompressor(int level, Sink& next, std::size_t width)
    : level_(level), next_(next), width_(std::max<std::size_t>(width, 1)) {
  filling_.reserve(block_size);
}

GzipCompressor::~GzipCompressor() = default;

void GzipCompressor::write(Bytes bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), block_size - filling_.size());
    filling_.insert(filling_.end(), bytes.begin(), bytes.begin() + static_cast<long>(count));
    bytes = bytes.subspan(count);
    if (filling_.size() == block_size) submit();
  }
}

void GzipCompressor::finish() {
  if (!filling_.empty() || !any_) submit();
  while (!in_order_.empty()) write_front();
  next_.finish();
}

// Workers start with the first block each, so small input costs one thread at the most.
void GzipCompressor::submit() {
  any_ = true;
  auto block = std::make_shared<Block>();
  block->input = std::exchange(filling_, {});
  filling_.reserve(block_size);
  {
    const std::lock_guard lock(mutex_);
    in_order_.push_back(block);
    waiting_.push_back(std::move(block));
  }
  wake_worker_.notify_one();
  if (workers_.size() < width_) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
  while (in_order_.size() > width_ + 1) write_front();
}

void GzipCompressor::write_front() {
  const auto block = in_order_.front();
  {
    std::unique_lock lock(mutex_);
    block_done_.wait(lock, [&] { return block->done; });
    in_order_.pop_front();
  }
  if (block->failure) std::rethrow_exception(block->failure);
  next_.write(block->output);
}

void GzipCompressor::work(const std::stop_token& stop) {
  Encoder encoder;
  for (;;) {
    std::shared_ptr<Block> block;
    {
      std::unique_lock lock(mutex_);
      if (!wake_worker_.wait(lock, stop, [&] { return !waiting_.empty(); })) return;
      block = std::move(waiting_.front());
      waiting_.pop_front();
    }
    try {
      if (!encoder) encoder = make_encoder(level_);
      block->output = encode(encoder, block->input);
      block->input = {};
    } catch (...) {
      block->failure = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      block->done = true;
    }
    block_done_.notify_one();
  }
}

}  // namespace ocimux
