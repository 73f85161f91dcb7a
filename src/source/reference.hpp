#pragma once

#include <ocimux/digest/digest.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// A local place where images are: `PATH`, `PATH:TAG`, `PATH@DIGEST`, or the same with the kind
/// in front (`oci:`, `oci-archive:`, `docker-archive:`, `rootfs:`, …).
struct LocalReference {
  enum class Kind { any, layout, oci_archive, docker_archive, rootfs };

  Kind kind = Kind::any;
  std::filesystem::path path;
  std::string tag = {};  ///< empty for none
  std::optional<Digest> digest = {};

  /// Takes the longest part of @p text, up to its end, a `:` or an `@`, that is there on disk.
  /// Throws Errc::not_found when none is, Errc::unsupported for a registry and
  /// Errc::invalid_argument for a tag that is empty or a digest that is none.
  static LocalReference parse(std::string_view text);
};

}  // namespace ocimux
