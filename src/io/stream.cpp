#include <ocimux/io/stream.hpp>

#include "base/parallel.hpp"

#include <vector>

namespace ocimux {
namespace {

// Large enough that system calls do not count, small enough to stay in the second-level cache.
constexpr std::size_t drain_buffer_size = std::size_t{256} * 1024;

}  // namespace

void drain(Source& from, Sink& to, const std::stop_token& stop) {
  std::vector<std::byte> buffer(drain_buffer_size);
  for (;;) {
    throw_if_stopped(stop);
    const std::size_t count = from.read(buffer);
    if (count == 0) break;
    to.write(Bytes(buffer).first(count));
  }
  to.finish();
}

}  // namespace ocimux
