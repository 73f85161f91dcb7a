#pragma once

#include <ocimux/digest/digest.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// The name of an image in a registry: `[docker://][HOST[:PORT]/]REPO[:TAG][@DIGEST]`.
/// Grammar: distribution-spec, "Pulling manifests"; hosts as docker tells them from paths.
struct Reference {
  /// Host in lower case and port as they are shown; Docker Hub, by any of its names, is
  /// `docker.io`.
  std::string host;
  std::string repository;  ///< Docker Hub's official images with their `library/`
  std::string tag = {};    ///< empty for none
  std::optional<Digest> digest = {};

  /// Throws Errc::invalid_argument, saying which part is not as it should be. Without a host
  /// (a first part with a dot or a port, or `localhost`) Docker Hub is meant.
  static Reference parse(std::string_view text);

  /// `HOST/REPO[:TAG][@DIGEST]`.
  [[nodiscard]] std::string string() const;
  /// What a manifest is asked for by: the digest, else the tag, else `latest`.
  [[nodiscard]] std::string version() const;
  /// Where the registry listens: `registry-1.docker.io` for Docker Hub, else the host.
  [[nodiscard]] std::string address() const;
};

/// True when @p text begins with a registry's host, so that Reference::parse() need not take Docker
/// Hub for it.
bool names_host(std::string_view text);

/// What says that a reference is a registry's.
inline constexpr std::string_view registry_prefix = "docker://";

}  // namespace ocimux
