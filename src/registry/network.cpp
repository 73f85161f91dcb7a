#include "registry/network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <bit>
#include <cstring>
#include <span>
#include <string_view>

namespace ocimux {
namespace {

using Octets = std::span<const unsigned char>;

// RFC 1918, 6598 (carriers), 5735 and 6890 (special purposes).
Network network_of_v4(Octets a) {
  if (a[0] == 127) return Network::loopback;
  if (a[0] == 169 && a[1] == 254) return Network::link_local;
  const bool is_private = a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0U) == 16) ||
                          (a[0] == 192 && a[1] == 168) || (a[0] == 100 && (a[1] & 0xc0U) == 64) ||
                          (a[0] == 198 && (a[1] & 0xfeU) == 18) || a[0] >= 224;
  if (a[0] == 0) return Network::loopback;  // "this host": connecting to it reaches this machine
  return is_private ? Network::inside : Network::outside;
}

Network network_of_v6(Octets a) {
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<unsigned char, 12> translated{0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
  const Octets last = a.subspan(12);
  if (std::memcmp(a.data(), mapped.data(), mapped.size()) == 0 ||
      std::memcmp(a.data(), translated.data(), translated.size()) == 0) {
    return network_of_v4(last);
  }
  constexpr std::array<unsigned char, 15> zeros{};
  if (std::memcmp(a.data(), zeros.data(), zeros.size()) == 0) return Network::loopback;  // ::, ::1
  if (std::memcmp(a.data(), zeros.data(), 12) == 0) return network_of_v4(last);
  if (a[0] == 0xfe && (a[1] & 0xc0U) == 0x80) return Network::link_local;
  const bool is_private =
      (a[0] & 0xfeU) == 0xfc || a[0] == 0xff || (a[0] == 0xfe && (a[1] & 0xc0U) == 0xc0);
  return is_private ? Network::inside : Network::outside;
}

}  // namespace

Network network_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    in_addr v4{};
    std::memcpy(&v4, reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in, sin_addr),
                sizeof v4);
    return network_of_v4(std::bit_cast<std::array<unsigned char, 4>>(v4));
  }
  if (address.sa_family == AF_INET6) {
    std::array<unsigned char, 16> v6{};
    std::memcpy(v6.data(),
                reinterpret_cast<const char*>(&address) + offsetof(sockaddr_in6, sin6_addr),
                v6.size());
    return network_of_v6(v6);
  }
  return Network::loopback;
}

Network network_of_host(const std::string& host) {
  std::string_view name = host;
  if (name.starts_with('[')) name = name.substr(1, name.find(']') - 1);
  const std::string text(name.substr(0, name.find('%')));
  std::array<unsigned char, 4> v4{};
  if (::inet_pton(AF_INET, text.c_str(), v4.data()) == 1) return network_of_v4(v4);
  std::array<unsigned char, 16> v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return network_of_v6(v6);
  return text == "localhost" || text.ends_with(".localhost") ? Network::loopback : Network::outside;
}

bool may_lead(Network from, Network to) {
  return to == Network::outside || to == from ||
         (from == Network::loopback && to == Network::inside);
}

}  // namespace ocimux
