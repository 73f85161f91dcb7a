#include "source/document_memory.hpp"

#include <ocimux/base/error.hpp>

#include <string>

namespace ocimux {

void DocumentMemory::count(std::size_t bytes) {
  if (bytes > left_) {
    throw Error(Errc::corrupt,
                "expected at most " + std::to_string(most_ >> 20U) +
                    " MiB of manifests, indexes and configs, found more",
                "name one image with PATH:TAG");
  }
  left_ -= bytes;
}

}  // namespace ocimux
