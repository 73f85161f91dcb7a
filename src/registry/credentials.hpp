#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "registry/reference.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {
/// How somebody proves to a registry who they are. Never shown, in no message.
struct Credentials {
  std::string user = {};
  std::string password = {};
  std::string identity_token = {};  ///< an OAuth2 refresh token, instead of a password
  std::string registry_token = {};  ///< a bearer token, as it is to be sent

  /// `user:pass`. Throws Errc::invalid_argument without a `:`.
  static Credentials parse(std::string_view text);
};

/// Reads a variable of the environment: nothing when it is not set or empty.
using Environment = std::function<std::optional<std::string>(const std::string&)>;

std::optional<std::string> process_environment(const std::string& name);

/// A file that credentials may be in.
struct CredentialPlace {
  std::filesystem::path path;
  bool must_be_there = false;  ///< the user named it
};

/// Where find_credentials() looks, in its order: the file that is named alone, else as podman
/// does (containers-auth.json(5)).
std::vector<CredentialPlace> credential_places(const RegistryOptions& options,
                                               const Environment& environment);

/// The credentials for a repository: those of @p options, else as docker and podman look them up
/// (DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, containers' auth.json, docker's config.json with its
/// credential helpers). Nothing where none are kept. A helper that fails is told to @p progress
/// and passed over. Throws Errc::not_found for a file that was named but is not there,
/// Errc::corrupt for one that makes no sense; neither says what stands in it.
std::optional<Credentials> find_credentials(const Reference& reference,
                                            const RegistryOptions& options,
                                            const Environment& environment, Progress& progress,
                                            const std::stop_token& stop = {});

}  // namespace ocimux
