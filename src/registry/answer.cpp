#include "registry/answer.hpp"

#include "registry/echo.hpp"
#include "spec/json.hpp"

namespace ocimux {
namespace {

constexpr std::size_t largest_error = std::size_t{64} * 1024;
constexpr std::size_t longest_shown = 400;
constexpr std::size_t most_errors = 4;

std::string message_of(const Json& error) {
  std::string code = string_member(error, "code");
  std::string message = string_member(error, "message");
  if (message.empty()) return code;
  return code.empty() ? message : message + " (" + code + ")";
}

// `{"errors":[{"code":…,"message":…}]}` of registries; `{"details":…}` of Docker Hub's token
// server.
Refusal parse_refusal(const std::string& text) {
  const Json json = Json::parse(text);
  Refusal refusal;
  for (const Json& error : array_member(json, "errors")) {
    if (refusal.codes.size() == most_errors) break;
    refusal.text += (refusal.text.empty() ? "" : "; ") + message_of(error);
    refusal.codes.push_back(string_member(error, "code"));
  }
  for (const char* key : {"details", "message", "error_description", "error"}) {
    if (!refusal.text.empty()) break;
    const Json* value = json.find(key);
    if (value != nullptr && value->is_string()) refusal.text = value->as_string();
  }
  return refusal;
}

Errc code_of(int status) {
  switch (status) {
    case 401:
    case 403: return Errc::denied;
    case 404: return Errc::not_found;
    default: return Errc::network;
  }
}

}  // namespace

std::string shown(std::string_view text) {
  std::string line;
  for (const char c : text.substr(0, longest_shown)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7f;
    line += control ? ' ' : c;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  // No half of a character at the cut.
  if (text.size() > longest_shown) {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xc0U) == 0x80) {
      line.pop_back();
    }
    if (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80U) != 0) line.pop_back();
    line += "…";
  }
  return line;
}

Refusal read_refusal(Response& response) {
  std::string text;
  try {
    text = front_of(response, largest_error);
  } catch (const TransferError&) {
    return {};
  }
  text = without_echo(std::move(text), response.authorization);
  try {
    return parse_refusal(text);
  } catch (const Error&) {
    // A proxy's page says less than its status.
    return {text.find('<') == std::string::npos ? text : std::string(), {}};
  }
}

std::string said_by(Response& response) { return shown(read_refusal(response).text); }

Error refusal_of(Response& response, std::string_view expected) {
  return refusal_of(response, read_refusal(response), expected);
}

Error refusal_of(const Response& response, const Refusal& refusal, std::string_view expected) {
  const std::string said = shown(refusal.text);
  return {code_of(response.status),
          "expected " + std::string(expected) + ", found status " +
              std::to_string(response.status) + (said.empty() ? "" : ": " + said),
          refusal_hint(response, refusal)};
}

}  // namespace ocimux
