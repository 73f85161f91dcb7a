#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/platform_truth.hpp"
#include "source/image.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// Those who speak of an image beside itself and the name of its file.
struct Witnesses {
  std::optional<Platform> command_line = {};
  std::optional<Platform> given_config = {};
  std::optional<Platform> base = {};  ///< the image it is stored over
  const PlatformTruth* binaries = nullptr;
};

struct PlatformDecision {
  Platform platform;  ///< normalized and complete
  /// What was said by others than the binaries (by those, where nobody else says anything), not
  /// normalized where it leaves the variant open.
  Platform claim;
  std::string claimant;  ///< who said it, for messages: `its file name`
  /// Where witnesses other than the binaries contradict each other: `expected …, found …`.
  std::vector<std::string> contradictions = {};
};

/// The platform of @p image, from all that says something of it, the most trusted first: the
/// caller, the descriptor in its index, its config, its base, its binaries, the name of its file;
/// and the options that set parts of it. Throws Errc::invalid_argument where nobody says enough.
PlatformDecision decide_platform(const Image& image, const Witnesses& witnesses,
                                 const MergeOptions& options, Progress& progress);

/// How the binaries speak against what was said, naming the file: `usr/bin/velero: expected …,
/// found …`; nothing where they do not.
std::optional<std::string> lie_about(const PlatformTruth& binaries,
                                     const PlatformDecision& decision);

/// What is true, but may surprise: binaries that ask for more than the platform promises.
std::optional<std::string> surprise_in(const PlatformTruth& binaries, const Platform& platform);

}  // namespace ocimux
