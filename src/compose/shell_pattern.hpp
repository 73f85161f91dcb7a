#pragma once

#include <string>
#include <string_view>

namespace ocimux {

// The patterns of `${NAME#pattern}` and its like: `*` stands for any text, `?` for a character,
// neither for the end of a line; a backslash takes `*`, `?`, a backslash, `/` and `}` as they are.
// Each throws Errc::invalid_argument for another escape, and for a pattern that is too much work.

enum class PatternLength { shortest, longest };
enum class PatternCount { first, all };

/// @p value without what @p pattern matches at its beginning.
std::string without_prefix(const std::string& value, const std::string& pattern,
                           PatternLength length);
/// @p value without what @p pattern matches at its end.
std::string without_suffix(const std::string& value, const std::string& pattern,
                           PatternLength length);
/// @p value with @p text in place of the (longest) matches of @p pattern.
std::string with_replaced(const std::string& value, const std::string& pattern,
                          const std::string& text, PatternCount count);

}  // namespace ocimux
