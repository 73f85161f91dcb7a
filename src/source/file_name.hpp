#pragma once

#include <ocimux/spec/platform.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// The platform that a file's name ends with.
struct NamedPlatform {
  /// Normalized, but for a plain `arm`, which stays without a variant; os.version is
  /// `10.0.<build>` when a Windows release is named.
  Platform platform;
  std::string windows_name = {};  ///< the release as the name has it: `ltsc2022`
};

/// Reads `…-<os>[-<os version>]-<arch>[-<variant>].tar[.gz|.zst|…]`, with `-`, `_` or `.` between
/// the parts, as Velero's build names its tarballs. Nothing when the name does not end like that.
std::optional<NamedPlatform> platform_in_name(std::string_view file_name);

/// Reads the name of a directory in BuildKit's multi-platform tar: `linux_amd64`, `linux_arm_v7`,
/// `windows(10.0.20348.1)_amd64`.
std::optional<Platform> platform_of_directory(std::string_view name);

}  // namespace ocimux
