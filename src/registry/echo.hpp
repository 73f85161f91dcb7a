#pragma once

#include <string>
#include <string_view>

namespace ocimux {

/// @p text from a server, with what it repeats of @p authorization (the value of that header, or
/// another secret that was sent) left out: the token, and the password in a `Basic`.
std::string without_echo(std::string text, std::string_view authorization);

}  // namespace ocimux
