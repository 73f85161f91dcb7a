#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The value of a variable, or nothing when it is not set.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

/// Longer than this no word becomes, so that variables cannot multiply without end.
constexpr std::size_t longest_word = std::size_t{1} << 20;

/// How words of a Dockerfile are read.
struct WordRules {
  char escape = '\\';        ///< takes the next character as it is
  bool keep_quotes = false;  ///< quotes stay in the word
  bool keep_escapes = false;
  bool keep_unset = false;  ///< a variable that is not set stays as it stands
};

/// Splits at blanks that no quote or escape character holds, and takes nothing away: the words of
/// ENV, LABEL and ARG before their variables are replaced.
std::vector<std::string> raw_words(std::string_view text, char escape);

/// @p text as one word, as BuildKit reads it: without quotes and escape characters, and (but inside
/// single quotes) with values in place of `$NAME`, `${NAME}`, `${NAME:-word}`, `${NAME:+word}`,
/// `${NAME:?message}`, the same without the colon (an empty value counts as set),
/// `${NAME#pattern}`, `##`, `%`, `%%`, `${NAME/pattern/text}` and `//`.
/// Throws Errc::invalid_argument for a quote or brace that is not closed, a substitution that there
/// is none of, a variable that `?` requires, and a word that becomes longer than longest_word.
std::string expand(std::string_view text, const Variables& variables, const WordRules& rules = {});

/// The same for words that are split after variables were replaced: those of EXPOSE. `<<  NAME` is
/// one word.
std::vector<std::string> expand_words(std::string_view text, const Variables& variables,
                                      const WordRules& rules = {});

}  // namespace ocimux
