#include "source/expansion_limit.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>

namespace ocimux {

void ExpansionLimit::write(Bytes bytes) {
  written_ += static_cast<std::int64_t>(bytes.size());
  // read_ is the size of a file: it cannot come near a 256th of what an integer holds.
  if (written_ > std::max(always_, read_ * most_times)) {
    throw Error(Errc::unsupported,
                "expected an input that unpacks to at most " + std::to_string(most_times) +
                    " times its size (or " + std::to_string(always_ >> 20) +
                    " MiB), found one that becomes larger",
                "if you trust it, unpack it with " + unpacker_ + " -d, and name what comes out");
  }
  next_.write(bytes);
}

}  // namespace ocimux
