#pragma once

#include <csignal>

namespace ocimux {

/// While it lives, writing to a closed connection is an error in this thread, and no SIGPIPE, which
/// would end a program that never heard of it (OpenSSL writes without MSG_NOSIGNAL).
class NoBrokenPipeSignal final {
 public:
  NoBrokenPipeSignal();
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;
  ~NoBrokenPipeSignal();

 private:
  bool was_pending_ = false;
  sigset_t before_{};
};

}  // namespace ocimux
