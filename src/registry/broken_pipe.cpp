#include "registry/broken_pipe.hpp"

#include <pthread.h>

#include <ctime>

namespace ocimux {
namespace {

sigset_t sigpipe_alone() {
  sigset_t set{};
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  return set;
}

}  // namespace

NoBrokenPipeSignal::NoBrokenPipeSignal() {
  sigset_t pending{};
  sigpending(&pending);
  was_pending_ = sigismember(&pending, SIGPIPE) == 1;
  const sigset_t set = sigpipe_alone();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

NoBrokenPipeSignal::~NoBrokenPipeSignal() {
  if (!was_pending_) {
    const sigset_t set = sigpipe_alone();
    const timespec at_once{};
    sigtimedwait(&set, nullptr, &at_once);  // it was meant for us
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace ocimux
