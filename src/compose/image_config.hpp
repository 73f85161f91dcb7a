#pragma once

#include <ocimux/digest/digest.hpp>
#include <ocimux/spec/platform.hpp>

#include "spec/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The config BuildKit writes for an image of one root filesystem and nothing else: WorkingDir
/// `/`, and on everything but Windows a PATH (Windows has its own).
Json default_config(std::string_view os);

/// Reads a user's image config. Throws Errc::corrupt for what is none.
Json parse_user_config(std::string_view text);

/// Puts the runtime settings of @p other (its member `config`) over those of @p config.
void take_settings(Json& config, const Json& other);

/// The same for everything @p other says, but for what finish_config() decides.
void take_all(Json& config, const Json& other);

/// The image config of a root filesystem: with its one layer, or over a base with those of the base
/// and one or none of its own.
struct RootfsConfig {
  Platform platform;
  std::vector<Digest> diff_ids;
  std::size_t base_layers = 0;                 ///< how many of them are the base's
  bool based = false;                          ///< the config is the base's, with its history
  std::int64_t created = 0;                    ///< seconds since 1970
  std::vector<std::string> instructions = {};  ///< that were applied, for the history
};

/// @p config with platform, layers, time and history as @p rootfs says; the document.
std::string finish_config(Json config, const RootfsConfig& rootfs);

}  // namespace ocimux
