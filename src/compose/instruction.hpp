#pragma once

#include "spec/json.hpp"

#include <string>
#include <string_view>

namespace ocimux {

/// Applies single Dockerfile instructions to an image config, as `docker import -c` does:
/// CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, MAINTAINER, ONBUILD, SHELL, STOPSIGNAL, USER,
/// VOLUME, WORKDIR. https://docs.docker.com/reference/dockerfile/
class Instructions final {
 public:
  /// Changes @p config, an OCI image config for an image of @p os, which must outlive this.
  Instructions(Json& config, std::string_view os) : config_(config), os_(os) {}

  /// Throws Errc::invalid_argument for what is malformed or needs a build.
  void apply(std::string_view instruction);

 private:
  Json& config_;
  std::string os_;
  bool command_set_ = false;  // a CMD here outlives an ENTRYPOINT; one from before does not
};

}  // namespace ocimux
