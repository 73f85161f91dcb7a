#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The value of a variable, or nothing when it is not set.
using Variables = std::function<std::optional<std::string>(std::string_view name)>;

/// Splits the rest of a Dockerfile instruction into words as Docker does: quotes hold blanks,
/// a backslash takes the next character as it is, `$NAME`, `${NAME}`, `${NAME:-word}` and
/// `${NAME:+word}` stand for their values (but not inside single quotes); without the colon an
/// empty value counts as set.
/// Throws Errc::invalid_argument for a quote or brace that is not closed.
std::vector<std::string> split_words(std::string_view text, const Variables& variables);

/// The same for text that is one word, blanks and all.
std::string expand(std::string_view text, const Variables& variables);

}  // namespace ocimux
