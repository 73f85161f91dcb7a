#include "compose/ports.hpp"

#include <ocimux/base/error.hpp>

#include "spec/letter_case.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace ocimux {
namespace {

constexpr int highest_port = 65535;

Error no_port(std::string_view found) {
  return {Errc::invalid_argument,
          "expected a port (0 to 65535, or FIRST-LAST, with /tcp, /udp or /sctp), found '" +
              std::string(found) + "'"};
}

int port(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0 ||
      number > highest_port) {
    throw no_port(text);
  }
  return number;
}

struct Ports {
  int first;
  int last;
};

Ports parse_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const int first = port(text.substr(0, dash));
  const int last = dash == std::string_view::npos ? first : port(text.substr(dash + 1));
  if (last < first) throw no_port(text);
  return {first, last};
}

// `[::1]` and 127.0.0.1.
bool is_address(std::string text) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return ::inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

// Docker reads what -p takes, ADDRESS:HOST:PORT, and the port alone counts.
std::string_view container_part(std::string_view word) {
  const std::size_t colon = word.rfind(':');
  if (colon == std::string_view::npos) return word;
  const std::string_view host = word.substr(0, colon);
  const std::size_t before = host.rfind(':');
  const std::string_view published =
      before == std::string_view::npos ? host : host.substr(before + 1);
  if (!published.empty()) static_cast<void>(parse_range(published));
  if (before != std::string_view::npos && before != 0 &&
      !is_address(std::string(host.substr(0, before)))) {
    throw Error(Errc::invalid_argument,
                "expected an IP address in front of the ports, found '" + std::string(word) + "'");
  }
  return word.substr(colon + 1);
}

}  // namespace

std::vector<std::string> exposed_ports(const std::vector<std::string>& words) {
  std::vector<std::string> ports;
  for (const std::string& text : words) {
    const std::string word(container_part(text));
    const std::size_t slash = std::min(word.find('/'), word.size());
    std::string protocol = lower(word.substr(std::min(slash + 1, word.size())));
    if (protocol.empty()) protocol = "tcp";
    if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
      throw Error(Errc::invalid_argument,
                  "expected the protocol tcp, udp or sctp, found '" + protocol + "'");
    }
    const auto [first, last] = parse_range(std::string_view(word).substr(0, slash));
    for (int number = first; number <= last; ++number) {
      ports.push_back(std::to_string(number) + "/" + protocol);
    }
  }
  return ports;
}

}  // namespace ocimux
