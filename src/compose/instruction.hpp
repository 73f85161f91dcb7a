#pragma once

#include <ocimux/spec/platform.hpp>

#include "spec/json.hpp"

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
  void apply(const std::string& keyword, std::string_view rest);
  Json& settings();
  void set_command(std::string_view key, std::string_view rest);
  void set_pairs(const std::string& keyword, std::string_view rest);
  void add_keys(std::string_view key, const std::vector<std::string>& names);
  [[nodiscard]] std::vector<std::string> volumes(std::string_view rest);
  void add_trigger(std::string_view rest);
  void set_working_directory(const std::string& path);
  void set_healthcheck(std::string_view rest);
  [[nodiscard]] Json command(std::string_view text);
  [[nodiscard]] std::optional<std::string> variable(std::string_view name);

  Json& config_;
  std::string os_;
  bool command_set_ = false;  // a CMD here outlives an ENTRYPOINT; one from before does not
};

}  // namespace ocimux
