#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct PushOptions {
  std::string source;                          ///< a layout or an OCI archive: `PATH[:TAG|@DIGEST]`
  std::vector<std::string> destinations = {};  ///< `HOST/REPO[:TAG]`, each gets all of it
  std::string prefix = {};                     ///< `HOST[/PATH]`: each image under its own name
  std::vector<Platform> platforms = {};        ///< exactly these; empty: all
  bool platform_tags = false;                  ///< also tag each platform's manifest
  std::optional<ImageFormat> format = {};      ///< convert; nothing: as they are
  bool referrers = true;                       ///< what speaks of the images goes along
  bool check_blobs = false;  ///< ask for the blobs of manifests, too, that are there already
  std::vector<std::string> mount_from = {};  ///< repositories of the registries that may have blobs
  std::int64_t chunk_size = 0;               ///< bytes; 0: in one piece where that is taken
  std::size_t jobs = 16;                     ///< connections at a time
  bool dry_run = false;                      ///< ask and decide, send nothing
  RegistryOptions registry = {};
};

/// A document that goes out as another one.
struct Replaced {
  Digest before;
  Digest after;
  std::string what;  ///< what it is: `linux/arm64`, `index`, …
};

/// A tag of a registry, and what it names.
struct PushedTag {
  std::string name;  ///< `HOST/REPO:TAG`
  Digest digest;
};

struct PushResult {
  std::vector<PushedTag> tags;     ///< in the order of destinations and tags
  std::vector<Replaced> replaced;  ///< by `platforms` and `format`
  std::int64_t bytes_sent = 0;     ///< of blobs; with dry_run: that would go
  std::int64_t bytes_there = 0;    ///< of blobs the registries had
  std::int64_t bytes_mounted = 0;  ///< of blobs they took from another repository of theirs
  std::size_t blobs_sent = 0;
  std::size_t blobs_there = 0;
  std::size_t blobs_mounted = 0;
  std::size_t manifests_sent = 0;
  std::size_t tags_sent = 0;  ///< tags that were not what they are now
};

/// Sends images to registries: blobs first, then manifests, what refers to them, indexes, and tags
/// last, so that no tag ever names what is not there. What a registry has is not sent again.
/// Every blob is checked while it is sent. Throws Errc::denied, Errc::not_found or Errc::network
/// as a registry answers; what was sent until then stays there and is not sent again next time.
PushResult push(const PushOptions& options, Progress& progress = silent_progress(),
                const std::stop_token& stop = {});

}  // namespace ocimux
