#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/digest/digest.hpp>

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct GarbageOptions {
  std::string layout;    ///< a layout directory or an OCI archive, which is written anew
  bool dry_run = false;  ///< say what would be removed; remove nothing
  bool sync = true;      ///< of an archive: wait until it would survive a loss of power
};

/// A blob that nothing in index.json leads to.
struct GarbageBlob {
  Digest digest;
  std::int64_t size = 0;  ///< in bytes
};

struct Garbage {
  std::string name;
  std::vector<GarbageBlob> removed = {};  ///< by digest; with dry_run: that would be
  std::int64_t bytes = 0;                 ///< of them, as their sizes say
  /// How many of them, and of the bytes, have further names elsewhere (hard links): the space is
  /// free once the last name goes.
  std::size_t linked = 0;
  std::int64_t linked_bytes = 0;
  /// Blobs that nothing leads to, but that a process at work on the layout relies on.
  std::vector<GarbageBlob> spared = {};
  std::size_t reached = 0;                ///< blobs that stay because index.json leads to them
  std::vector<std::string> foreign = {};  ///< what is no blob in `blobs`, by path; it stays
  std::size_t abandoned = 0;  ///< staging directories of processes that died, which went
};

/// Removes the blobs of a layout (or archive) that nothing in its index.json leads to. Every entry
/// there counts, and all that documents name: children, configs, layers, subjects, what is
/// embedded.
///
/// Throws Errc::corrupt or Errc::not_found, and removes nothing, where a document is damaged or
/// missing: what it leads to is not known. Blobs that a change at work relies on stay, so that it
/// can be published; killed at any moment, nothing is lost.
Garbage collect_garbage(const GarbageOptions& options, Progress& progress = silent_progress(),
                        const std::stop_token& stop = {});

}  // namespace ocimux
