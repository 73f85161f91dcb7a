#include "compose/ports.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ocimux {
namespace {

constexpr int highest_port = 65535;

Error no_port(std::string_view found) {
  return {Errc::invalid_argument,
          "expected a port (1 to 65535, or FIRST-LAST, with /tcp, /udp or /sctp), found '" +
              std::string(found) + "'"};
}

int port(std::string_view text) {
  int number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 1 ||
      number > highest_port) {
    throw no_port(text);
  }
  return number;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::vector<std::string> exposed_ports(const std::vector<std::string>& words) {
  std::vector<std::string> ports;
  for (const std::string& word : words) {
    const std::size_t slash = word.find('/');
    const std::string protocol = slash == std::string::npos ? "tcp" : lower(word.substr(slash + 1));
    if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
      throw Error(Errc::invalid_argument,
                  "expected the protocol tcp, udp or sctp, found '" + protocol + "'");
    }
    const std::string range = word.substr(0, slash);
    const std::size_t dash = range.find('-');
    const int first = port(std::string_view(range).substr(0, dash));
    const int last =
        dash == std::string::npos ? first : port(std::string_view(range).substr(dash + 1));
    if (last < first) throw no_port(range);
    for (int number = first; number <= last; ++number) {
      ports.push_back(std::to_string(number) + "/" + protocol);
    }
  }
  return ports;
}

}  // namespace ocimux
