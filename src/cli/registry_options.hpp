#pragma once

#include <ocimux/registry/registry_options.hpp>

#include <CLI/CLI.hpp>

#include <cstdint>
#include <stop_token>
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
  bool password_stdin = false;
  std::string limit_rate;
  int retries = RegistryOptions{}.retries;
  std::int64_t timeout = RegistryOptions{}.timeout.count();
};

/// Adds all of them.
void add_registry_options(CLI::App& app, TypedRegistryOptions& typed);
/// Adds those that say how to connect, without those that say who does.
void add_connection_options(CLI::App& app, TypedRegistryOptions& typed);

/// Throws Errc::invalid_argument for options that contradict each other or make no sense. Reads the
/// password from standard input where that is asked for, until @p stop is asked: Errc::cancelled.
RegistryOptions parse_registry_options(const TypedRegistryOptions& typed,
                                       const std::stop_token& stop);

/// Bytes a second as curl takes them: `500k`, `1.5M`, `2MiB`; units are powers of 1024. Throws
/// Errc::invalid_argument for other text.
std::int64_t parse_rate(const std::string& text);

}  // namespace ocimux::cli
