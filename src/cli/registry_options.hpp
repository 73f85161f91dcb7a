#pragma once

#include <ocimux/registry/registry_options.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace ocimux::cli {

/// The options of every command that may speak to a registry, as they are typed.
struct TypedRegistryOptions {
  std::string auth_file;
  std::string credentials;
  std::string ca_file;
  std::string cert_dir;
  bool tls_verify = true;
  bool plain_http = false;
  int retries = RegistryOptions{}.retries;
  std::int64_t timeout = RegistryOptions{}.timeout.count();
};

void add_registry_options(CLI::App& app, TypedRegistryOptions& typed);

/// Throws Errc::invalid_argument for options that contradict each other or make no sense.
RegistryOptions parse_registry_options(const TypedRegistryOptions& typed);

}  // namespace ocimux::cli
