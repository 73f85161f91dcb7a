#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What an image runs on: image-spec's platform object (image-index.md).
struct Platform {
  std::string os;            ///< as GOOS
  std::string architecture;  ///< as GOARCH
  std::string variant = {};
  std::string os_version = {};  ///< on Windows `10.0.<build>.<revision>`
  std::vector<std::string> os_features = {};

  /// Reads `os/arch[/variant][:os.version]`, `os(os.version)/arch[/variant]` or
  /// `os/arch[/variant],osver=…`, in any case and with the usual aliases (x86_64, aarch64, armhf,
  /// arm64v8, i386, …; for the version of Windows also ltsc2022, 20H2, …). The answer is
  /// normalized. Throws Errc::invalid_argument, saying what was expected.
  static Platform parse(std::string_view text);

  /// The same platform in the one form ocimux writes: GOOS and GOARCH names, arm always with a
  /// variant, arm64 without v8, amd64 without v1, features sorted.
  /// The rules are containerd's (platforms/database.go) and some aliases more.
  [[nodiscard]] Platform normalized() const;

  /// `os/arch[/variant][:os.version]`, which parse() reads.
  [[nodiscard]] std::string string() const;

  /// True for BuildKit's `unknown/unknown`, the platform of what is no image.
  [[nodiscard]] bool unknown() const { return os == "unknown" && architecture == "unknown"; }

  friend bool operator==(const Platform&, const Platform&) = default;
};

/// The order of platforms in an index ocimux writes: by os, architecture, variant; then newest
/// os.version first, because readers take the first that fits; `unknown` last.
std::strong_ordering index_order(const Platform& a, const Platform& b);

/// True when @p name is an operating system (or architecture) that Go knows, aliases included.
bool is_known_os(std::string_view name);
bool is_known_architecture(std::string_view name);

}  // namespace ocimux
