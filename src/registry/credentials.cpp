#include "registry/credentials.hpp"

#include <ocimux/base/error.hpp>

#include "io/file.hpp"
#include "io/memory.hpp"
#include "registry/auth_file.hpp"
#include "registry/credential_helper.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t largest_file = 4 << 20;

// On from where it stands: a file may be a pipe of the shell's.
std::string read_place(const CredentialPlace& place) {
  const File file = File::open(place.path);
  MemorySink text(largest_file);
  std::array<std::byte, 4096> buffer{};
  while (const std::size_t count = file.read_next(buffer)) text.write(Bytes(buffer).first(count));
  return text.take();
}

std::optional<Credentials> ask_helper(const std::string& helper, const Reference& reference,
                                      Progress& progress, const std::stop_token& stop) {
  try {
    return ask_credential_helper(helper, server_name(reference), stop);
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled) throw;
    progress.warn(std::string(error.what()) + "; going on without it");
    return std::nullopt;
  }
}

std::optional<Credentials> look_into(const std::string& where, std::string_view document,
                                     const Reference& reference, Progress& progress,
                                     const std::stop_token& stop) {
  FoundAuth found = within(where, [&] {
    try {
      return find_auth(document, reference);
    } catch (const Error& error) {
      // A parser may repeat what it stumbled over.
      throw Error(Errc::corrupt, "expected JSON with credentials as docker or podman write it");
    }
  });
  if (!found.helper.empty()) {
    if (auto credentials = ask_helper(found.helper, reference, progress, stop)) return credentials;
  }
  return std::move(found.credentials);
}

}  // namespace

Credentials Credentials::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw Error(Errc::invalid_argument, "expected credentials as USER:PASS, found other text");
  }
  return {.user = std::string(text.substr(0, colon)),
          .password = std::string(text.substr(colon + 1))};
}

std::optional<std::string> process_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): only read here
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::vector<CredentialPlace> credential_places(const RegistryOptions& options,
                                               const Environment& environment) {
  if (!options.auth_file.empty()) return {{options.auth_file, true}};
  if (const auto file = environment("REGISTRY_AUTH_FILE")) return {{*file, true}};
  std::vector<CredentialPlace> all;
  const auto run = environment("XDG_RUNTIME_DIR");
  const fs::path runtime = run ? fs::path(*run) : fs::path();
  all.push_back({run ? runtime / "containers/auth.json"
                     : fs::path("/run/containers") / std::to_string(::getuid()) / "auth.json"});
  const auto home = environment("HOME");
  const auto settings = environment("XDG_CONFIG_HOME");
  if (settings) {
    all.push_back({fs::path(*settings) / "containers/auth.json"});
  } else if (home) {
    all.push_back({fs::path(*home) / ".config/containers/auth.json"});
  }
  if (const auto docker = environment("DOCKER_CONFIG")) {
    all.push_back({fs::path(*docker) / "config.json"});
  } else if (home) {
    all.push_back({fs::path(*home) / ".docker/config.json"});
  }
  if (home) all.push_back({fs::path(*home) / ".dockercfg"});
  return all;
}

std::optional<Credentials> find_credentials(const Reference& reference,
                                            const RegistryOptions& options,
                                            const Environment& environment, Progress& progress,
                                            const std::stop_token& stop) {
  if (!options.credentials.empty()) return Credentials::parse(options.credentials);
  if (options.auth_file.empty()) {
    if (const auto document = environment("DOCKER_AUTH_CONFIG")) {
      auto found = look_into("DOCKER_AUTH_CONFIG", *document, reference, progress, stop);
      if (found) return found;
    }
  }
  for (const CredentialPlace& place : credential_places(options, environment)) {
    std::error_code failure;
    if (!place.must_be_there && !fs::exists(place.path, failure)) continue;
    auto found = look_into(place.path.string(), read_place(place), reference, progress, stop);
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace ocimux
