#include "registry/challenge.hpp"

#include "spec/letter_case.hpp"

#include <algorithm>

namespace ocimux {
namespace {

/// Reads words and quoted strings off the front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return text_.empty(); }

  void skip(std::string_view what) {
    text_.remove_prefix(std::min(text_.find_first_not_of(what), text_.size()));
  }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::string word() {
    const std::size_t end = std::min(text_.find_first_of(" \t,=\""), text_.size());
    std::string word(text_.substr(0, end));
    text_.remove_prefix(end);
    return word;
  }

  std::string value() {
    if (!take('"')) return word();
    std::string value;
    while (!text_.empty() && !take('"')) {
      if (text_.front() == '\\' && text_.size() > 1) text_.remove_prefix(1);
      value += text_.front();
      text_.remove_prefix(1);
    }
    return value;
  }

  void drop() { text_.remove_prefix(std::min<std::size_t>(1, text_.size())); }

 private:
  std::string_view text_;
};

}  // namespace

std::string Challenge::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

// A word with a `=` behind it is a parameter of the scheme in front; any other is a scheme.
std::vector<Challenge> parse_challenges(std::string_view text) {
  std::vector<Challenge> challenges;
  Scanner scanner(text);
  for (scanner.skip(" \t,"); !scanner.at_end(); scanner.skip(" \t,")) {
    const std::string word = scanner.word();
    if (word.empty()) {
      scanner.drop();
      continue;
    }
    scanner.skip(" \t");
    if (!scanner.take('=')) {
      challenges.push_back({lower(word), {}});
      continue;
    }
    scanner.skip(" \t");
    std::string value = scanner.value();
    if (!challenges.empty()) challenges.back().parameters[lower(word)] = std::move(value);
  }
  return challenges;
}

std::vector<Challenge> challenges_of(const Headers& headers) {
  std::vector<Challenge> all;
  for (const std::string& field : headers.all("WWW-Authenticate")) {
    for (Challenge& challenge : parse_challenges(field)) all.push_back(std::move(challenge));
  }
  return all;
}

}  // namespace ocimux
