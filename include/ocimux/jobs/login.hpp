#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct LoginOptions {
  std::string registry = {};  ///< `HOST[:PORT]`; empty: Docker Hub
  std::string user;
  std::string password;
  RegistryOptions connection = {};  ///< its `auth_file` is where to keep them; no `credentials`
};

struct LoginResult {
  std::string registry;    ///< as it is called in references
  std::string kept_in;     ///< a file, or the credential helper that has them
  bool encrypted = false;  ///< by a helper; a file holds them as they are
};

/// Asks a registry whether it takes user and password and, if so, keeps them for later: in the
/// `auth_file`, else the file that REGISTRY_AUTH_FILE names, else docker's config.json, or with the
/// credential helper that is configured there. Throws Errc::denied where they are refused (nothing
/// is written then), Errc::invalid_argument for what cannot be a registry, a user or a password.
LoginResult login(const LoginOptions& options, Progress& progress = silent_progress(),
                  const std::stop_token& stop = {});

struct LogoutOptions {
  std::string registry = {};             ///< `HOST[:PORT]`; empty: Docker Hub
  bool all = false;                      ///< of every registry instead
  std::filesystem::path auth_file = {};  ///< only from there
};

struct RemovedCredentials {
  std::string registry;  ///< as it is called there
  std::string from;      ///< a file, or a credential helper
};

/// Removes what is kept for a registry from all files where credentials are looked up, and from the
/// credential helpers that they name. Throws Errc::not_found where there was nothing; where a file
/// or a helper fails, the first reason, after all else was removed, which @p progress is told then.
std::vector<RemovedCredentials> logout(const LogoutOptions& options,
                                       Progress& progress = silent_progress(),
                                       const std::stop_token& stop = {});

}  // namespace ocimux
