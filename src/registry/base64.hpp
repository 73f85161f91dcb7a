#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// RFC 4648, section 4, with padding.
std::string base64_encode(std::string_view bytes);
/// Nothing for text that is no base64. Padding may be missing; spaces and line breaks are passed
/// over.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace ocimux
