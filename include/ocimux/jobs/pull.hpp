#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/jobs/push.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct PullOptions {
  std::string source;                    ///< `[docker://]HOST/REPO[:TAG][@DIGEST]`
  std::string output;                    ///< as merge's
  std::vector<std::string> tags = {};    ///< names in the output; none: as in the registry
  std::vector<Platform> platforms = {};  ///< exactly these; empty: all
  bool referrers = true;                 ///< also what speaks of the images
  bool replace = false;                  ///< move tags that exist
  bool sync = true;                      ///< wait until the output would survive a loss of power
  std::size_t jobs = 16;                 ///< connections at a time
  bool dry_run = false;
  RegistryOptions registry = {};
};

struct PullResult {
  Descriptor top;                      ///< what the tag names in the output
  std::vector<NamedDescriptor> names;  ///< in the output
  std::vector<Replaced> replaced;      ///< by `platforms`
  std::size_t blobs_written = 0;
  std::int64_t bytes_written = 0;  ///< with dry_run: that would be
};

/// Copies an image, or an index with all its images, and what refers to them, from a registry into
/// a layout or archive; every byte is checked against its digest. Blobs that the output has are not
/// fetched. Throws as merge() does, and Errc::denied, Errc::not_found or Errc::network as the
/// registry answers.
PullResult pull(const PullOptions& options, Progress& progress = silent_progress(),
                const std::stop_token& stop = {});

}  // namespace ocimux
