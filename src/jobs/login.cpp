#include <ocimux/jobs/login.hpp>

#include <ocimux/base/error.hpp>

#include "registry/answer.hpp"
#include "registry/auth_file.hpp"
#include "registry/auth_store.hpp"
#include "registry/credentials.hpp"
#include "registry/open_repository.hpp"
#include "registry/token.hpp"

#include <optional>

namespace ocimux {
namespace {

namespace fs = std::filesystem;

// Also in the forms in which auth files name registries.
Reference parse_registry(std::string_view text) {
  if (text.empty()) text = "docker.io";
  std::string_view name = text;
  for (const std::string_view front : {"https://", "http://", "docker://"}) {
    if (name.starts_with(front)) name.remove_prefix(front.size());
  }
  for (const std::string_view end : {"/", "/v1", "/v2"}) {
    if (name.ends_with(end)) name.remove_suffix(end.size());
  }
  const bool is_host = name == "localhost" || name.find_first_of(".:[") != std::string_view::npos;
  if (!is_host || name.find('/') != std::string_view::npos) {
    throw Error(Errc::invalid_argument,
                "expected a registry as HOST or HOST:PORT, found '" + std::string(text) + "'",
                "a host has a dot in it or a port behind it, or is localhost");
  }
  return {.host = Reference::parse(std::string(name) + "/x").host};
}

// Basic authentication has no way to say these.
void check_typed(const LoginOptions& options) {
  if (options.user.empty() || options.user.find(':') != std::string::npos) {
    throw Error(Errc::invalid_argument, "expected a user's name without ':', found other text");
  }
  if (options.password.empty()) {
    throw Error(Errc::invalid_argument, "expected a password, found none");
  }
}

Response ask(const Repository& repository, const std::string& authorization) {
  Request request{.url = repository.address().resolve("/v2/"), .stop = repository.stop()};
  if (!authorization.empty()) request.headers.set("Authorization", authorization);
  Response answer = repository.send(request);
  if (answer.status != 200) throw refusal_of(answer, "a registry that takes these credentials");
  discard(answer);
  return answer;
}

// Not every registry asks who comes to /v2/; some of these look at what they are told unasked.
void check(const Repository& repository, const LoginOptions& options, Progress& progress) {
  try {
    if (ask(repository, "").proof == Proof::given) return;
    ask(repository, basic_authorization(options.user, options.password));
  } catch (const Error& error) {
    if (error.code() != Errc::denied) throw;
    throw error.hinting("many registries want an access token in place of the password");
  }
  progress.warn(repository.address().origin().string() +
                " did not ask for credentials, so that a wrong password would not show");
}

// One that cannot be read is told, and no reason to fail when all is done.
bool has_credentials(const fs::path& file, const Reference& registry, Progress& progress,
                     const std::stop_token& stop) {
  RegistryOptions there;
  there.auth_file = file;
  try {
    return find_credentials(registry, there, process_environment, progress, stop).has_value();
  } catch (const Error& error) {
    if (error.code() == Errc::cancelled) throw;
    progress.warn(error.what());
    return false;
  }
}

// What is looked at first counts.
void warn_of_others(const fs::path& written, const Reference& registry, Progress& progress,
                    const std::stop_token& stop) {
  for (const CredentialPlace& place : credential_places({}, process_environment)) {
    std::error_code failure;
    if (place.path == written || fs::equivalent(place.path, written, failure)) return;
    if (!fs::exists(place.path, failure)) continue;
    if (!has_credentials(place.path, registry, progress, stop)) continue;
    progress.warn(place.path.string() + " has credentials for " + registry.host +
                  ", too, and comes first; ocimux logout " + registry.host + " --authfile " +
                  place.path.string() + " removes them");
  }
}

bool is_in_environment(const std::optional<Reference>& registry) {
  const auto document = process_environment("DOCKER_AUTH_CONFIG");
  if (!document || !registry) return document.has_value();
  try {
    return find_auth(*document, *registry).credentials.has_value();
  } catch (const Error&) {  // who uses it is told
    return false;
  }
}

void warn_of_environment(const std::optional<Reference>& registry, Progress& progress) {
  if (!is_in_environment(registry)) return;
  progress.warn("the variable DOCKER_AUTH_CONFIG has credentials, too, and comes first");
}

// Where only the oldest of all forms was used, docker will not look at it any more.
void note_of_old_file(const fs::path& file, Progress& progress) {
  std::error_code failure;
  const auto home = process_environment("HOME");
  if (!home || file.filename() != "config.json" || fs::exists(file, failure)) return;
  const fs::path old = fs::path(*home) / ".dockercfg";
  if (!fs::exists(old, failure)) return;
  progress.note(file.string() + " is new: docker reads it in place of " + old.string() +
                "; ocimux reads both");
}

std::vector<fs::path> places(const LogoutOptions& options) {
  RegistryOptions looked_up;
  looked_up.auth_file = options.auth_file;
  std::vector<fs::path> all;
  for (const CredentialPlace& place : credential_places(looked_up, process_environment)) {
    std::error_code failure;
    if (place.must_be_there && !fs::exists(place.path, failure)) {
      throw Error(Errc::not_found, place.path.string() + ": expected a file, found none");
    }
    all.push_back(place.path);
  }
  return all;
}

}  // namespace

LoginResult login(const LoginOptions& options, Progress& progress, const std::stop_token& stop) {
  const Reference registry = parse_registry(options.registry);
  check_typed(options);
  const fs::path file = auth_file_to_write(options.connection, process_environment);
  RegistryOptions connection = options.connection;
  connection.credentials = options.user + ":" + options.password;
  within(registry.host,
         [&] { check(open_repository(registry, connection, progress, stop), options, progress); });
  note_of_old_file(file, progress);
  const std::string kept_in =
      store_credentials(file, registry, {.user = options.user, .password = options.password}, stop);
  if (options.connection.auth_file.empty()) {
    warn_of_environment(registry, progress);
    warn_of_others(file, registry, progress, stop);
  }
  return {registry.host, kept_in, kept_in != file.string()};
}

std::vector<RemovedCredentials> logout(const LogoutOptions& options, Progress& progress,
                                       const std::stop_token& stop) {
  std::optional<Reference> registry;
  if (!options.all) registry = parse_registry(options.registry);
  std::vector<RemovedCredentials> removed;
  std::optional<Error> failure;
  for (const fs::path& file : places(options)) {
    try {
      for (ErasedCredentials& one : erase_credentials(file, registry, progress, stop)) {
        removed.push_back({std::move(one.server), std::move(one.from)});
      }
    } catch (const Error& error) {  // the others are looked at all the same
      if (error.code() == Errc::cancelled) throw;
      if (!failure) failure = error;
    }
  }
  if (failure) {
    for (const RemovedCredentials& one : removed) {
      progress.note("removed the credentials for " + one.registry + " from " + one.from);
    }
    throw Error(*failure);
  }
  if (options.auth_file.empty()) warn_of_environment(registry, progress);
  if (removed.empty()) {
    throw Error(Errc::not_found, "expected credentials for " +
                                     (registry ? registry->host : std::string("some registry")) +
                                     ", found none");
  }
  return removed;
}

}  // namespace ocimux
