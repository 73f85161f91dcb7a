#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The first three numbers of an os.version; all zero for what has no such numbers.
struct WindowsBuild {
  int major = 0;
  int minor = 0;
  int build = 0;

  static WindowsBuild parse(std::string_view os_version);
  /// `10.0.20348`.
  [[nodiscard]] std::string string() const;
  friend bool operator==(const WindowsBuild&, const WindowsBuild&) = default;
};

/// The fourth number; 0 where there is none.
int windows_revision(std::string_view os_version);

/// The first build whose containers also run on later ones: ltsc2022.
inline constexpr int first_stable_build = 20348;

/// Empty when a node of build @p node starts containers of @p image without a virtual machine,
/// else why not. Up to build 20347 both must be the same; later nodes go back to the last of
/// @p stable (ascending, first_stable_build first) that is older than they are.
/// Source: containerd/platforms, platform_windows_compat.go.
std::string windows_mismatch(const WindowsBuild& node, const WindowsBuild& image,
                             const std::vector<int>& stable);

}  // namespace ocimux
