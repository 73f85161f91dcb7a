#include "registry/auth_store.hpp"

#include <ocimux/base/error.hpp>

#include "registry/auth_change.hpp"
#include "registry/auth_file.hpp"
#include "registry/credential_helper.hpp"
#include "registry/replaced_file.hpp"

namespace ocimux {
namespace {

namespace fs = std::filesystem;

// Its message may hold what stands in the file.
FoundAuth find_in(const std::string& document, const Reference& registry) {
  try {
    return find_auth(document, registry);
  } catch (const Error&) {
    throw Error(Errc::corrupt, "expected JSON with credentials as docker or podman write it");
  }
}

std::vector<HelpedServer> helped(const std::string& document,
                                 const std::optional<Reference>& registry) {
  if (!registry) return helped_servers(document);
  const std::string helper = find_in(document, *registry).helper;
  if (helper.empty()) return {};
  return {{helper, server_name(*registry)}};
}

/// What was removed, and the first reason why not all was.
struct Erasure {
  std::vector<ErasedCredentials> erased = {};
  std::optional<Error> failure = {};
};

// Some helpers fail when they are to forget what they do not know.
void erase_from_helper(const HelpedServer& one, Erasure& erasure, const std::stop_token& stop) {
  try {
    if (!ask_credential_helper(one.helper, one.server, stop)) return;
    erase_with_credential_helper(one.helper, one.server, stop);
    erasure.erased.push_back({one.server, "docker-credential-" + one.helper});
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled) throw;
    if (!erasure.failure) erasure.failure = error.within(one.server);
  }
}

// A helper that fails is no reason to keep what stands in the file.
std::vector<ErasedCredentials> erase(const fs::path& path, const std::optional<Reference>& registry,
                                     Progress& progress, const std::stop_token& stop) {
  const ReplacedFile file(path, stop);
  const std::string document = file.read();
  WithoutEntries without =
      registry ? without_entries(document, *registry) : without_entries(document);
  Erasure erasure;
  for (const HelpedServer& one : helped(document, registry)) erase_from_helper(one, erasure, stop);
  if (without.document != document) file.write(without.document);
  for (std::string& key : without.removed) {
    erasure.erased.push_back({std::move(key), path.string()});
  }
  for (const std::string& key : without.kept) {
    progress.warn(path.string() + " still has credentials for " + key);
  }
  if (!erasure.failure) return std::move(erasure.erased);
  for (const ErasedCredentials& one : erasure.erased) {
    progress.note("removed the credentials for " + one.server + " from " + one.from);
  }
  throw Error(*erasure.failure);
}

}  // namespace

fs::path auth_file_to_write(const RegistryOptions& options, const Environment& environment) {
  if (!options.auth_file.empty()) return options.auth_file;
  if (const auto file = environment("REGISTRY_AUTH_FILE")) return *file;
  if (const auto docker = environment("DOCKER_CONFIG")) return fs::path(*docker) / "config.json";
  if (const auto home = environment("HOME")) return fs::path(*home) / ".docker/config.json";
  throw Error(Errc::not_found, "expected a place for credentials, found none: HOME is not set",
              "--authfile FILE names one");
}

std::string store_credentials(const fs::path& file, const Reference& registry,
                              const Credentials& credentials, const std::stop_token& stop) {
  const ReplacedFile replaced(file, stop);
  return within(file.string(), [&] {
    const std::string document = replaced.read();
    const std::string with_password =
        with_entry(document, registry, {credentials.user, credentials.password});
    const std::string helper = find_in(document, registry).helper;
    if (helper.empty()) {
      replaced.write(with_password);
      return file.string();
    }
    store_with_credential_helper(helper, server_name(registry), credentials, stop);
    // Not a secret any more, but, as docker does it, a sign that there is one.
    replaced.write(with_entry(document, registry, {}));
    return "docker-credential-" + helper;
  });
}

std::vector<ErasedCredentials> erase_credentials(const fs::path& file,
                                                 const std::optional<Reference>& registry,
                                                 Progress& progress, const std::stop_token& stop) {
  std::error_code failure;
  if (!fs::exists(file, failure)) return {};
  return within(file.string(), [&] { return erase(file, registry, progress, stop); });
}

}  // namespace ocimux
