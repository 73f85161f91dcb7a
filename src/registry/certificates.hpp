#pragma once

#include "registry/url.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// What connections are secured with beside what the system trusts.
struct Certificates {
  /// A certificate with which we prove who we are.
  struct Own {
    Origin to;  ///< and to nobody else
    std::string certificate;
    std::string key;
  };

  /// Where libcurl finds what the system trusts. A bundle is read whole for each connection, which
  /// takes longer than a handshake; of a directory (c_rehash) what a certificate needs.
  enum class System { bundle, directory };

  System system = System::bundle;
  std::string authorities = {};  ///< PEM, together with the system's; empty: the system's alone
  std::optional<Own> own = {};
};

/// Reads @p ca_file, unless it is empty, and of each directory every `*.crt` (authorities) and a
/// `NAME.cert` with its `NAME.key`: as docker and podman lay out their certs.d. Throws
/// Errc::not_found for a file that is not there, Errc::invalid_argument for a certificate without
/// its key. Directories that are not there are passed over.
Certificates read_certificates(const std::filesystem::path& ca_file,
                               const std::vector<std::filesystem::path>& directories,
                               const Origin& registry);

/// Where docker and podman look for the certificates of a registry (`HOST[:PORT]`).
std::vector<std::filesystem::path> usual_certificate_directories(const std::string& registry);

}  // namespace ocimux
