#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace ocimux {

/// How registries are spoken to.
struct RegistryOptions {
  enum class Tls {
    verified,    ///< certificates are checked; a registry on this machine may do without TLS
    unverified,  ///< any certificate will do, and plain HTTP where TLS is not spoken
    plain_http,  ///< no TLS
  };

  Tls tls = Tls::verified;
  std::string credentials = {};          ///< `USER:PASS`; empty: looked up as docker and podman do
  std::filesystem::path auth_file = {};  ///< instead of the files docker and podman keep
  std::filesystem::path ca_file = {};    ///< certificate authorities in PEM, beside the system's
  std::filesystem::path cert_dir = {};   ///< with `*.crt`, `*.cert` and `*.key`, as docker has them
  int retries = 5;                       ///< after a failure that may pass
  std::chrono::seconds timeout{60};      ///< to connect, and without a byte
  std::int64_t limit_rate = 0;           ///< bytes a second, of all connections together; 0: none
};

}  // namespace ocimux
