#include "registry/echo.hpp"

#include "registry/base64.hpp"

namespace ocimux {
namespace {

// Shorter ones stand in any text, which would then tell what they are by what is left out.
constexpr std::size_t shortest = 4;

void leave_out(std::string& text, const std::string& secret) {
  constexpr std::string_view instead = "[left out]";
  if (secret.size() < shortest) return;
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos;) {
    text.replace(at, secret.size(), instead);
    at += instead.size();
  }
}

}  // namespace

std::string without_echo(std::string text, std::string_view authorization) {
  const std::string secret(authorization.substr(authorization.find(' ') + 1));  // npos + 1 is 0
  leave_out(text, secret);
  if (!authorization.starts_with("Basic ")) return text;
  const std::string both = base64_decode(secret).value_or("");
  const std::size_t colon = both.find(':');
  if (colon != std::string::npos) leave_out(text, both.substr(colon + 1));
  return text;
}

}  // namespace ocimux
