#include "jobs/same_images.hpp"

#include <ocimux/spec/selector.hpp>

namespace ocimux {

bool tells_nothing_apart(const Platform& a, const Platform& b) {
  if (a == b) return true;
  // A Windows node takes an image without os.version for its own, whatever else there is, and
  // looks at the build alone: one without a revision is like any other of its build.
  return a.os == "windows" && b.os == "windows" && a.architecture == b.architecture &&
         a.variant == b.variant &&
         (version_within(a.os_version, b.os_version) || version_within(b.os_version, a.os_version));
}

}  // namespace ocimux
