#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "compose/dockerfile.hpp"
#include "spec/json.hpp"

#include <string>
#include <vector>

namespace ocimux {

/// Whether the config a Dockerfile is applied to is that of the image it is built on.
enum class BaseSettings { given, unknown };

/// The Dockerfiles that give root filesystems their settings (--dockerfile, --build-arg).
class Dockerfiles final {
 public:
  /// Reads them, and warns of build arguments that none of them declares. Throws
  /// Errc::invalid_argument for build arguments without a Dockerfile.
  Dockerfiles(const MergeOptions& options, Progress& progress);

  /// Changes @p config as the Dockerfile for @p platform says, if there is one, and answers the
  /// instructions for the history. Tells @p progress what of the config the Dockerfile does not
  /// say, where it is built on an image with settings that are not known.
  std::vector<std::string> apply(Json& config, const Platform& platform, BaseSettings base,
                                 Progress& progress) const;

 private:
  std::vector<Selected<Dockerfile>> files_;
  VariableValues arguments_;
};

}  // namespace ocimux
