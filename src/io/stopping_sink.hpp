#pragma once

#include <ocimux/io/stream.hpp>

#include "base/parallel.hpp"

namespace ocimux {

/// Passes bytes on until the work is to stop, so that long contents end promptly. Not the end: the
/// other sink may get more behind it.
class StoppingSink final : public Sink {
 public:
  StoppingSink(Sink& next, const std::stop_token& stop) : next_(next), stop_(stop) {}
  void write(Bytes bytes) override {
    throw_if_stopped(stop_);
    next_.write(bytes);
  }
  void finish() override {}

 private:
  Sink& next_;
  const std::stop_token& stop_;
};

}  // namespace ocimux
