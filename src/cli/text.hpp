#pragma once

#include <string>
#include <string_view>

/// Text from outside (names of files and tags, annotations), made fit to be shown.
namespace ocimux::cli {

/// @p text with U+FFFD for every byte that is no UTF-8: file names may hold any bytes, JSON not.
std::string valid_utf8(std::string_view text);

/// valid_utf8() with `?` for control characters, which could rewrite what a terminal shows, and for
/// what turns the order of characters or hides them; `…` behind 8192 bytes.
std::string printable(std::string_view text);

}  // namespace ocimux::cli
