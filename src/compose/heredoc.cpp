#include "compose/heredoc.hpp"

#include <ocimux/base/error.hpp>

#include "compose/words.hpp"

#include <algorithm>
#include <optional>

namespace ocimux {
namespace {

// Heredocs have their rules from shells: the escape character is always the backslash, and
// variables, of which none is known here, stay.
std::optional<std::string> no_variable(std::string_view /*name*/) { return std::nullopt; }

// Where a quote is not closed the line has no heredocs: BuildKit asks the shell.
std::vector<std::string> words_of(std::string_view line) {
  try {
    return expand_words(line, no_variable,
                        {.keep_quotes = true, .keep_escapes = true, .keep_unset = true});
  } catch (const Error&) {
    return {};
  }
}

// `3<<-NAME`: a file descriptor, dash and blanks may stand around.
std::optional<HeredocMark> parse_mark(std::string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of("0123456789"), word.size()));
  if (!word.starts_with("<<")) return std::nullopt;
  word.remove_prefix(2);
  HeredocMark mark;
  mark.tabs_are_off = word.starts_with('-');
  if (mark.tabs_are_off) word.remove_prefix(1);
  word.remove_prefix(std::min(word.find_first_not_of(" \t\n\f\r"), word.size()));
  if (word.empty() || word.find('<') != std::string_view::npos) return std::nullopt;
  const std::vector<std::string> names = expand_words(word, no_variable, {.keep_unset = true});
  if (names.size() != 1) return std::nullopt;
  mark.name = names.front();
  return mark;
}

}  // namespace

std::vector<HeredocMark> heredoc_marks(std::string_view line) {
  std::vector<HeredocMark> marks;
  for (const std::string& word : words_of(line)) {
    if (auto mark = parse_mark(word)) marks.push_back(std::move(*mark));
  }
  return marks;
}

}  // namespace ocimux
