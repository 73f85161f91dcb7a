#pragma once

#include "registry/reference.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// What an auth file holds for one registry, to be written.
struct AuthEntry {
  std::string user = {};
  std::string password = {};
};

/// The text of an auth file (docker's config.json, containers' auth.json, a .dockercfg; empty text
/// is a new one) in which @p registry has @p entry under its one usual key, and no other key for
/// all of it; an empty entry says that a credential helper has it. All else stays in its order.
/// Throws Errc::unsupported for a secret of Kubernetes, Errc::corrupt for another document.
std::string with_entry(std::string_view document, const Reference& registry,
                       const AuthEntry& entry);

/// A text without what was removed from it.
struct WithoutEntries {
  std::string document;
  std::vector<std::string> removed = {};  ///< keys that had credentials
  std::vector<std::string> kept = {};     ///< keys of repositories of the registry, which stay
};

/// Throws as with_entry().
WithoutEntries without_entries(std::string_view document, const Reference& registry);
WithoutEntries without_entries(std::string_view document);

/// A server that a file leaves to a credential helper.
struct HelpedServer {
  std::string helper;
  std::string server;
};

/// All that a file names; throws as with_entry().
std::vector<HelpedServer> helped_servers(std::string_view document);

}  // namespace ocimux
