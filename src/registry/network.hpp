#pragma once

#include <string>

struct sockaddr;

namespace ocimux {

/// Where an address belongs. A registry on the Internet has no business sending us to addresses
/// that only this machine or its network can reach (server-side request forgery).
enum class Network {
  outside,     ///< the Internet, or a name that is not resolved yet
  inside,      ///< a private network
  link_local,  ///< the neighbours on the wire, where clouds hand out secrets (169.254.169.254)
  loopback,    ///< this machine
};

/// Of a host of an address (IPv6 in brackets, or not); names are outside, but for `localhost`.
Network network_of_host(const std::string& host);
Network network_of(const sockaddr& address);

/// True when a server in @p from may send us to @p to.
bool may_lead(Network from, Network to);

}  // namespace ocimux
