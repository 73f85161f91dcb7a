#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/push.hpp>

#include "jobs/cargo.hpp"
#include "jobs/destination.hpp"

#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// A blob and the repositories of one registry that need it.
struct BlobErrand {
  Descriptor blob;
  Body body;
  std::vector<Destination*> to;         ///< in the order of the destinations
  std::vector<std::string> mount_from;  ///< other repositories of that registry that may have it
};

/// The blobs of those documents that their destinations lack (of all, with `check_blobs`), largest
/// first; the same blob for several registries stands together, so that it is read from the disk
/// once. Throws Errc::not_found for a blob that the source lacks, unless it is a foreign layer,
/// which is told, and Errc::corrupt for one of another size.
std::vector<BlobErrand> plan_blobs(const Cargo& cargo, std::vector<Destination>& destinations,
                                   const PushOptions& options, Progress& progress);

/// Brings them there, and counts in @p result what was sent, mounted, and there already. Within a
/// registry a blob is sent once and mounted into its other repositories. With `dry_run` it is only
/// asked for.
void send_blobs(const std::vector<BlobErrand>& errands, const PushOptions& options,
                PushResult& result, Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
