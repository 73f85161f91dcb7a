#pragma once

#include "registry/challenge.hpp"
#include "registry/credentials.hpp"
#include "registry/transport.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace ocimux {

/// A bearer token and how long it is good for.
struct Token {
  std::string text;
  std::chrono::seconds lifetime{60};

  /// Reads a token server's answer. Throws Errc::corrupt, without repeating it, for one that holds
  /// no token. Lifetimes below a minute count as one (distribution's specification).
  static Token parse(const std::string& document);
};

/// What a token is asked for with.
struct TokenQuestion {
  Challenge challenge;                 ///< a bearer challenge: where, for which service
  std::string scope;                   ///< space separated
  Origin registry;                     ///< who sent the challenge
  Network network = Network::outside;  ///< and from where
  std::stop_token stop = {};
};

/// Gets a token from the realm that the challenge names: GET, with user and password if there are
/// any; POST as OAuth2 for an identity token, and GET where the server knows no POST.
/// Throws Errc::denied for a realm that must not see credentials (plain HTTP, unless the registry
/// itself has no TLS; a network that is none of the registry's), and when it refuses.
Token ask_for_token(Transport& transport, const TokenQuestion& question,
                    const std::optional<Credentials>& credentials);

/// `Basic` and both parts, for an Authorization header.
std::string basic_authorization(const std::string& user, const std::string& password);

/// The scopes of both, in order: one for each resource, with the actions of all. (GitLab's token
/// server grants the last of several for one repository.)
std::string joined_scopes(const std::string& a, const std::string& b);

}  // namespace ocimux
