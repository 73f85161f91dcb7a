#include "compose/words.hpp"

#include <ocimux/base/error.hpp>

#include "compose/shell_pattern.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

namespace ocimux {
namespace {

constexpr int deepest_nesting = 100;  // each level is a call

bool is_blank(char c) { return std::string_view(" \t\n\v\f\r").find(c) != std::string_view::npos; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
// A shell's $@, $#, …: no variable is named so, but the character belongs to the name.
bool is_special(char c) { return std::string_view("@*#?-$!0").find(c) != std::string_view::npos; }

Error bad(const std::string& message) { return {Errc::invalid_argument, message}; }

Error open(const std::string& what) {
  return bad("expected the end of a " + what + ", found the end of the instruction");
}

void append(std::string& to, std::string_view text) {
  if (to.size() + text.size() > longest_word) {
    throw bad("expected a word of at most 1 MiB, found more once its variables have values");
  }
  to += text;
}

/// Reads text from left to right, taking quotes and variables away.
class WordReader {
 public:
  WordReader(std::string_view text, const Variables& variables, const WordRules& rules)
      : rest_(text), variables_(variables), rules_(rules) {}

  std::string whole() { return until('\0', rules_.keep_escapes); }

  /// After whole(): where blanks split it.
  std::vector<std::string> words() {
    end_word();
    return std::move(words_);
  }

 private:
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool take_if(char wanted) {
    if (at_end() || next() != wanted) return false;
    take();
    return true;
  }

  void end_word() {
    if (!word_.empty()) words_.push_back(std::move(word_));
    word_.clear();
  }

  void add_word_text(std::string_view text, bool blanks_split) {
    if (!blanks_split) return append(word_, text);
    for (const char c : text) is_blank(c) ? end_word() : word_.push_back(c);
  }

  // Up to @p stop, which is taken, or (with none) to the end.
  std::string until(char stop, bool keep_escapes) {
    if (++depth_ > deepest_nesting) {
      throw bad("expected at most 100 variables inside each other, found more");
    }
    const bool kept = std::exchange(rules_.keep_escapes, keep_escapes);
    std::string result;
    while (!at_end() && (stop == '\0' || next() != stop)) {
      const bool variable = next() == '$';
      const bool blanks_split = variable || std::string_view("<'\"").find(next()) == npos;
      const bool escaped = next() == rules_.escape;
      const std::string text = piece();
      append(result, text);
      if (depth_ == 1) add_word_text(text, blanks_split && !escaped);
    }
    if (stop != '\0') {
      if (at_end()) throw open("variable in braces");
      take();
    }
    rules_.keep_escapes = kept;
    --depth_;
    return result;
  }

  std::string piece() {
    switch (next()) {
      case '$': return variable();
      case '<': return heredoc_mark();
      case '\'': return single_quoted();
      case '"': return double_quoted();
      default: break;
    }
    std::string text;
    const char c = take();
    if (c != rules_.escape) return {c};
    if (rules_.keep_escapes) text += c;
    if (!at_end()) text += take();
    return text;
  }

  // `<<` holds the blanks behind it.
  std::string heredoc_mark() {
    take();
    if (!take_if('<')) return "<";
    std::string text = "<<";
    while (next() == ' ' || next() == '\t' || next() == '\r') text += take();
    return text;
  }

  std::string single_quoted() {
    const std::size_t end = rest_.find('\'', 1);
    if (end == npos) throw open("single-quoted text");
    const std::string_view text = rest_.substr(0, end + 1);
    rest_.remove_prefix(end + 1);
    return std::string(rules_.keep_quotes ? text : text.substr(1, text.size() - 2));
  }

  std::string double_quoted() {
    std::string text;
    const char quote = take();
    if (rules_.keep_quotes) text += quote;
    while (!at_end() && next() != '"') {
      if (next() == '$') {
        append(text, variable());
        continue;
      }
      char c = take();
      if (c == rules_.escape) {
        if (rules_.keep_escapes) text += c;
        if (at_end()) break;
        // Before anything else it is a character like others.
        if (next() == '"' || next() == '$' || next() == rules_.escape) c = take();
      }
      text += c;
    }
    if (at_end()) throw open("double-quoted text");
    take();
    if (rules_.keep_quotes) text += quote;
    return text;
  }

  std::string name() {
    std::size_t length = 0;
    if (is_digit(next())) {
      while (length < rest_.size() && is_digit(rest_[length])) ++length;
    } else if (!at_end() && is_special(next())) {
      length = 1;
    } else {
      while (length < rest_.size() && is_name(rest_[length])) ++length;
    }
    std::string text(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return text;
  }

  std::string variable() {
    take();
    if (take_if('{')) return braced();
    const std::string named = name();
    if (named.empty()) return "$";
    const auto value = variables_(named);
    return value ? *value : rules_.keep_unset ? "$" + named : "";
  }

  [[nodiscard]] static Error no_substitution(std::string_view all) {
    return bad("expected ${NAME}, ${NAME:-word} or another substitution, found ${" +
               std::string(all.substr(0, std::min(all.find('}'), all.size()))) + "}");
  }

  // Behind `${`.
  std::string braced() {
    const std::string_view all = rest_;
    if (at_end()) throw open("variable in braces");
    if (next() == '{' || next() == '}' || next() == ':') throw no_substitution(all);
    const std::string named = name();
    if (at_end()) throw open("variable in braces");
    const auto value = variables_(named);
    const char kind = take();
    std::string text;
    if (kind == '}') {
      text = value.value_or("");
    } else if (kind == '/') {
      text = replaced(value.value_or(""));
    } else if (kind == '#' || kind == '%') {
      text = trimmed(value.value_or(""), kind);
    } else {
      text = replaced_when_unset(named, value, kind, all);
    }
    if (!value && rules_.keep_unset) {
      return "${" + std::string(all.substr(0, all.size() - rest_.size()));
    }
    return text;
  }

  std::string replaced_when_unset(const std::string& named, const std::optional<std::string>& value,
                                  char kind, std::string_view all) {
    const bool or_empty = kind == ':';
    if (or_empty) {
      if (at_end()) throw open("variable in braces");
      kind = take();
    }
    if (kind != '-' && kind != '+' && kind != '?') throw no_substitution(all);
    std::string word = nested('}', false);
    const bool set = value && !(or_empty && value->empty());
    if (kind == '+') return set ? word : "";
    if (set) return *value;
    if (kind == '-' || rules_.keep_unset) return word;
    throw bad("expected the variable " + named + " to be set" +
              (or_empty && value ? ", found it empty" : ", found it unset") +
              (word.empty() ? "" : ": " + word));
  }

  std::string trimmed(const std::string& value, char kind) {
    std::string pattern = nested('}', true);
    const bool longest = !pattern.empty() && pattern.front() == kind;
    if (longest) pattern.erase(0, 1);
    const PatternLength length = longest ? PatternLength::longest : PatternLength::shortest;
    return kind == '#' ? without_prefix(value, pattern, length)
                       : without_suffix(value, pattern, length);
  }

  std::string replaced(const std::string& value) {
    const bool all = take_if('/');
    const std::string pattern = nested('/', true);
    const std::string text = nested('}', true);
    return with_replaced(value, pattern, text, all ? PatternCount::all : PatternCount::first);
  }

  // BuildKit forgets what stands in front of such a word where it splits: `8${X:-0}` is `0`.
  std::string nested(char stop, bool keep_escapes) {
    word_.clear();
    return until(stop, keep_escapes);
  }

  static constexpr std::size_t npos = std::string_view::npos;

  std::string_view rest_;
  const Variables& variables_;
  WordRules rules_;
  int depth_ = 0;
  std::string word_;  // the one that is being read, where words are split
  std::vector<std::string> words_;
};

}  // namespace

std::vector<std::string> raw_words(std::string_view text, char escape) {
  std::vector<std::string> words;
  std::string word;
  bool open_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && is_blank(c)) {
      if (open_word) words.push_back(std::move(word));
      word.clear();
      open_word = false;
      continue;
    }
    if (c == escape && quote != '\'') {
      if (i + 1 == text.size()) break;  // nothing to escape: it goes
      word += c;
      word += text[++i];
      open_word = true;
      continue;
    }
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    }
    word += c;
    open_word = true;
  }
  if (open_word) words.push_back(std::move(word));
  return words;
}

std::string expand(std::string_view text, const Variables& variables, const WordRules& rules) {
  return WordReader(text, variables, rules).whole();
}

std::vector<std::string> expand_words(std::string_view text, const Variables& variables,
                                      const WordRules& rules) {
  WordReader reader(text, variables, rules);
  static_cast<void>(reader.whole());
  return reader.words();
}

}  // namespace ocimux
