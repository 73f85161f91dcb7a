#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ocimux {

// How values look in the `created_by` of images that BuildKit makes: as Go's %q and %v print them.

/// `["/bin/sh" "-c" "say \"x\""]`
std::string history_list(const std::vector<std::string>& words);
/// `[/a /b]`
std::string history_words(const std::vector<std::string>& words);
/// `1m30s`, `1.5s`, `250ms`, `0s`; @p nanoseconds is not negative.
std::string history_duration(std::int64_t nanoseconds);
/// A number taken for a character: `'\x03'`.
std::string history_character(std::int64_t number);

}  // namespace ocimux
