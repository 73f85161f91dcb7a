#include "registry/warning_transport.hpp"

#include "registry/answer.hpp"
#include "registry/echo.hpp"

#include <iomanip>
#include <limits>
#include <sstream>
#include <vector>

namespace ocimux {
namespace {

constexpr std::size_t most_bytes = 4096;
// Who has more to say than this says it to fill a terminal.
constexpr std::size_t most_told = 100;

// `299 - "text"`, several with commas in between; other codes are caches' own affairs.
std::vector<std::string> texts_in(const std::string& field) {
  std::vector<std::string> texts;
  std::istringstream stream(field);
  std::string code;
  std::string agent;
  std::string text;
  while (stream >> code >> agent >> std::ws && stream.peek() == '"' &&
         stream >> std::quoted(text)) {
    if (code == "299" && agent == "-") texts.push_back(text);
    stream.ignore(std::numeric_limits<std::streamsize>::max(), ',');
  }
  return texts;
}

}  // namespace

Response WarningTransport::send(const Request& request) {
  Response answer = next_->send(request);
  std::size_t bytes = 0;
  for (const std::string& field : answer.headers.all("Warning")) {
    bytes += field.size();
    if (bytes > most_bytes) break;
    for (const std::string& text : texts_in(field)) {
      tell(answer.url.origin(), without_echo(text, request.headers.find("Authorization")));
    }
  }
  return answer;
}

void WarningTransport::tell(const Origin& origin, const std::string& text) {
  std::string line = origin.string() + " says: " + shown(text);
  {
    const std::lock_guard lock(mutex_);
    if (told_.size() == most_told || !told_.insert(line).second) return;
  }
  progress_.warn(line);
}

}  // namespace ocimux
