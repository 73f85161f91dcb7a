#include "io/lock.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"

#include <sys/file.h>

#include <cerrno>
#include <chrono>

namespace ocimux {

bool try_lock_file(int descriptor) noexcept { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

// Asked again and again: nothing but a signal ends an flock() that waits, and signals are the
// program's, not a library's.
void lock_file(int descriptor, const std::filesystem::path& path, const std::stop_token& stop,
               Progress& progress) {
  constexpr std::chrono::milliseconds step{10};
  constexpr int steps_to_note = 100;
  for (int steps = 0;; ++steps) {
    if (try_lock_file(descriptor)) return;
    if (errno != EWOULDBLOCK && errno != EINTR) {
      throw Error::from_errno(errno, "locking " + path.string());
    }
    if (steps == steps_to_note) {
      progress.note("waiting for another process, which is changing " + path.string());
    }
    wait_for(step, stop);
  }
}

}  // namespace ocimux
