#pragma once

#include "io/file.hpp"

#include <stop_token>
#include <thread>

namespace ocimux::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a request to stop. A second signal ends the process at
/// once. To be made before any other thread, so that no other thread gets the signals.
class Interrupts final {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  [[nodiscard]] std::stop_token token() const { return stop_.get_token(); }

 private:
  void watch();

  std::stop_source stop_;
  FileDescriptor signals_;
  FileDescriptor end_;
  std::thread watcher_;
};

}  // namespace ocimux::cli
