#pragma once

#include "registry/credentials.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// What a file of credentials says of one repository.
struct FoundAuth {
  std::optional<Credentials> credentials = {};
  std::string helper = {};  ///< ask this program first; empty for none
};

/// Looks @p reference up in the text of docker's config.json, containers' auth.json, a .dockercfg,
/// or a Kubernetes secret, in JSON or YAML, that holds one of these. The longest key that is the
/// repository or a path above it counts; keys may have a scheme and, of a whole registry, a version
/// behind. Empty text holds nothing, as docker reads it. Throws Errc::corrupt for another document.
FoundAuth find_auth(std::string_view document, const Reference& reference);

/// True when @p key, as such files have them, is the whole registry of @p reference, under any of
/// its names.
bool is_key_of_registry(std::string_view key, const Reference& reference);

/// What the registry of @p reference is called in such files and by credential helpers:
/// `https://index.docker.io/v1/` for Docker Hub, else its host.
std::string server_name(const Reference& reference);

}  // namespace ocimux
