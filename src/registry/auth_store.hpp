#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include "registry/credentials.hpp"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// Where new credentials go: the file of @p options, else REGISTRY_AUTH_FILE, else docker's
/// config.json, which all clients read. Throws Errc::not_found where not even a home is known.
std::filesystem::path auth_file_to_write(const RegistryOptions& options,
                                         const Environment& environment);

/// Keeps @p credentials (user and password) for all of the registry of @p registry: with the
/// credential helper that @p file names for it, else in @p file itself, which only its owner can
/// read then; answers which of the two. The file is replaced as a whole or not at all; a link stays
/// one. Throws Errc::unsupported for a secret of Kubernetes, Errc::corrupt, Errc::io, and what
/// store_with_credential_helper() throws.
std::string store_credentials(const std::filesystem::path& file, const Reference& registry,
                              const Credentials& credentials, const std::stop_token& stop = {});

/// What was removed, and from where.
struct ErasedCredentials {
  std::string server;
  std::string from;  ///< a file or a credential helper
};

/// Removes the credentials for @p registry, or for all of them, from @p file, if it is there, and
/// from the helpers that it names for them. Keys of single repositories stay, which @p progress is
/// told. Throws as store_credentials(); what a helper throws comes after all else was removed,
/// which
/// @p progress is told then.
std::vector<ErasedCredentials> erase_credentials(const std::filesystem::path& file,
                                                 const std::optional<Reference>& registry,
                                                 Progress& progress,
                                                 const std::stop_token& stop = {});

}  // namespace ocimux
