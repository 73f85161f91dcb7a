#pragma once

#include "registry/transport.hpp"

#include <string>
#include <string_view>

namespace ocimux {

/// The address (absolute or relative) of the first link with that @p relation in Link headers
/// (RFC 8288); empty where there is none. What is not well formed is passed over.
std::string link_target(const Headers& headers, std::string_view relation);

}  // namespace ocimux
