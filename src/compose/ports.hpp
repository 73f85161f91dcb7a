#pragma once

#include <string>
#include <vector>

namespace ocimux {

/// The ports of EXPOSE as a config names them: `8080` is `8080/tcp`, `7000-7002/udp` are three;
/// of `127.0.0.1:80:8080` the last number counts.
/// Throws Errc::invalid_argument for what is no port.
std::vector<std::string> exposed_ports(const std::vector<std::string>& words);

}  // namespace ocimux
