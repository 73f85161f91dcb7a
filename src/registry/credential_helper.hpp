#pragma once

#include "registry/credentials.hpp"

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

namespace ocimux {

/// Asks the program `docker-credential-NAME` for the credentials of @p server, as docker does
/// (docker-credential-helpers: `get`, the server on standard input, JSON on standard output).
/// Nothing when it has none. Throws Errc::invalid_argument for a name that is none, Errc::not_found
/// when there is no such program, Errc::io when it fails or takes longer than @p timeout: it is
/// ended then, and when @p stop is asked. No error repeats what it wrote.
std::optional<Credentials> ask_credential_helper(
    const std::string& name, const std::string& server, const std::stop_token& stop = {},
    std::chrono::milliseconds timeout = std::chrono::seconds(30));

/// Has the program keep user and password (or the identity token) for @p server (`store`), with
/// JSON on its standard input: no secret is ever an argument. Throws as ask_credential_helper().
void store_with_credential_helper(const std::string& name, const std::string& server,
                                  const Credentials& credentials, const std::stop_token& stop = {});

/// Has the program forget what it has for @p server (`erase`). Throws as ask_credential_helper().
void erase_with_credential_helper(const std::string& name, const std::string& server,
                                  const std::stop_token& stop = {});

}  // namespace ocimux
