#pragma once

#include <string>
#include <string_view>

/// ASCII letters in one case; all else stays as it is, in any locale.
namespace ocimux {

std::string lower(std::string_view text);
std::string upper(std::string_view text);

}  // namespace ocimux
