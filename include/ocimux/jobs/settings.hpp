#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// How containers of an image start: image-spec, config.md, its member `config`.
struct RuntimeSettings {
  std::vector<std::string> entrypoint = {};
  std::vector<std::string> cmd = {};
  std::map<std::string, std::string> env = {};  ///< of a name that stands twice the last value
  std::map<std::string, std::string> labels = {};
  std::vector<std::string> exposed_ports = {};  ///< `8080/tcp`, sorted
  std::vector<std::string> volumes = {};        ///< sorted
  std::string user = {};
  std::string working_dir = {};
  std::string stop_signal = {};
};

/// The settings of the one image that @p reference (and @p platform) names, from its config alone.
/// Throws what inspect_config() throws, and Errc::corrupt for members of another shape.
RuntimeSettings read_settings(const std::string& reference,
                              const std::optional<Platform>& platform = {},
                              Progress& progress = silent_progress(),
                              const std::stop_token& stop = {},
                              const RegistryOptions& registry = {});

}  // namespace ocimux
