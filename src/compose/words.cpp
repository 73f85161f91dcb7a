#include "compose/words.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <cctype>

namespace ocimux {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Reads text from left to right, taking quotes and variables away.
class WordReader {
 public:
  WordReader(std::string_view text, const Variables& variables)
      : rest_(text), variables_(variables) {}

  bool skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
    return !rest_.empty();
  }

  std::string word(bool (*ends)(char)) {
    std::string word;
    while (!rest_.empty() && !ends(rest_.front())) {
      const char c = take();
      if (c == '\\') {
        word += rest_.empty() ? '\\' : take();
      } else if (c == '\'') {
        word += single_quoted();
      } else if (c == '"') {
        word += double_quoted();
      } else if (c == '$') {
        word += variable();
      } else {
        word += c;
      }
    }
    return word;
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  [[nodiscard]] static Error open(const char* what) {
    return {Errc::invalid_argument,
            std::string("expected the end of a ") + what + ", found the end of the instruction"};
  }

  std::string single_quoted() {
    const std::size_t end = rest_.find('\'');
    if (end == std::string_view::npos) throw open("single-quoted text");
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::string double_quoted() {
    std::string text;
    for (;;) {
      if (rest_.empty()) throw open("double-quoted text");
      const char c = take();
      if (c == '"') return text;
      if (c == '\\' && !rest_.empty() &&
          (rest_.front() == '"' || rest_.front() == '\\' || rest_.front() == '$')) {
        text += take();
      } else if (c == '$') {
        text += variable();
      } else {
        text += c;
      }
    }
  }

  std::string variable() {
    if (!rest_.empty() && rest_.front() == '{') return braced();
    const std::string_view name = take_name();
    return name.empty() ? "$" : variables_(name).value_or("");
  }

  std::string_view take_name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name);
    const std::string_view name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
    return name;
  }

  bool take_if(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // `{NAME}`, or with a word behind `-` or `+`, which may have quotes and braces of its own.
  std::string braced() {
    const std::string_view all = rest_;
    take();
    const std::string_view name = take_name();
    const auto value = variables_(name);
    const bool or_empty = take_if(':');
    const bool otherwise = take_if('-');
    const bool instead = !otherwise && take_if('+');
    const std::string other =
        otherwise || instead ? word([](char c) { return c == '}'; }) : std::string();
    if (rest_.empty()) throw open("variable in braces");
    if (name.empty() || (or_empty && !otherwise && !instead) || !take_if('}')) {
      throw Error(Errc::invalid_argument,
                  "expected ${NAME}, ${NAME:-word} or ${NAME:+word}, found $" +
                      std::string(all.substr(0, all.find('}'))) + "}");
    }
    const bool set = value && !(or_empty && value->empty());
    if (instead) return set ? other : "";
    return set ? *value : other;
  }

  std::string_view rest_;
  const Variables& variables_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view text, const Variables& variables) {
  WordReader reader(text, variables);
  std::vector<std::string> words;
  while (reader.skip_blanks()) words.push_back(reader.word(is_blank));
  return words;
}

std::string expand(std::string_view text, const Variables& variables) {
  return WordReader(text, variables).word([](char) { return false; });
}

}  // namespace ocimux
