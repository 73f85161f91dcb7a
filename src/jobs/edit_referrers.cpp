#include "jobs/edit_referrers.hpp"

#include <ocimux/base/error.hpp>

#include "jobs/cargo.hpp"

namespace ocimux {

void tell_of_referrers(const ImageStore& store, const std::set<Digest>& digests,
                       const std::string& what, Progress& progress) {
  if (digests.empty()) return;
  try {
    const Referrers referrers = referrers_in(store);
    for (const Digest& digest : digests) {
      const std::size_t count = referrers(digest).size();
      if (count == 0) continue;
      progress.note(store.name + ": what refers to " + digest.string() + " (" +
                    std::to_string(count) + ") " + what);
    }
  } catch (const Error&) {
    return;
  }
}

}  // namespace ocimux
