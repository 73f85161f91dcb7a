#pragma once

#include <ocimux/base/error.hpp>

#include "registry/refusal_hint.hpp"
#include "registry/transport.hpp"

#include <string>
#include <string_view>

namespace ocimux {

/// @p text from a server, fit for a message: one line, no control characters, 400 bytes at most.
std::string shown(std::string_view text);

/// What an answer that is no success says in its body (distribution-spec, "Error codes"): messages
/// and codes, shown(). Empty where it says nothing. Reads 64 KiB at most.
std::string said_by(Response& response);

/// What the body of an answer says that is no success; empty where it cannot be read. Reads 64 KiB
/// at most.
Refusal read_refusal(Response& response);

/// The Error that an answer means which is not what was expected: 401 and 403 Errc::denied, 404
/// Errc::not_found, all others Errc::network; with a hint where there is something to do.
Error refusal_of(Response& response, std::string_view expected);
/// The same of an answer whose body was read.
Error refusal_of(const Response& response, const Refusal& refusal, std::string_view expected);

}  // namespace ocimux
