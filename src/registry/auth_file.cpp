#include "registry/auth_file.hpp"

#include <ocimux/base/error.hpp>

#include "registry/base64.hpp"
#include "registry/secret_yaml.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ocimux {
namespace {

constexpr std::string_view hub_key = "index.docker.io";

// `https://index.docker.io/v1/` is a registry; `quay.io/team/app` a repository.
std::string normalized(std::string_view key) {
  bool has_scheme = false;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!key.starts_with(scheme)) continue;
    key.remove_prefix(scheme.size());
    has_scheme = true;
  }
  while (key.ends_with('/')) key.remove_suffix(1);
  const std::size_t slash = key.find('/');
  const std::string_view path = slash == std::string_view::npos ? "" : key.substr(slash);
  std::string host(key.substr(0, slash));
  if (host == "docker.io" || host == "registry-1.docker.io") host = hub_key;
  return has_scheme || path == "/v1" || path == "/v2" ? host : host + std::string(path);
}

// From the repository up to its registry.
std::vector<std::string> keys_of(const Reference& reference) {
  std::string key = normalized(reference.host) + "/" + reference.repository;
  std::vector<std::string> keys;
  for (;;) {
    keys.push_back(key);
    const std::size_t slash = key.rfind('/');
    if (slash == std::string::npos) return keys;
    key.erase(slash);
  }
}

template <typename Use>
auto find_member(const Json* object, const Reference& reference, Use use)
    -> decltype(use(*object)) {
  if (object == nullptr) return {};
  for (const std::string& wanted : keys_of(reference)) {
    for (const auto& [key, value] : object->as_object()) {
      if (normalized(key) != wanted) continue;
      if (auto found = use(value); found != decltype(use(*object)){}) return found;
    }
  }
  return {};
}

struct Entry {
  std::string user, password, identity_token, registry_token;
  friend bool operator==(const Entry&, const Entry&) = default;
};

Entry parse_entry(const Json& json) {
  Entry entry{string_member(json, "username"), string_member(json, "password"),
              string_member(json, "identitytoken"), string_member(json, "registrytoken")};
  const std::string auth = string_member(json, "auth");
  if (auth.empty()) return entry;
  const auto text = base64_decode(auth);
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    throw Error(Errc::corrupt, "auth: expected USER:PASS in base64, found something else");
  }
  entry.user = text->substr(0, colon);
  entry.password = text->substr(colon + 1);
  entry.password.erase(entry.password.find_last_not_of('\0') + 1);  // docker once wrote those
  return entry;
}

// A secret of Kubernetes holds the document as text or in base64, whole or as kubectl shows it.
std::optional<std::string> inside_secret(const Json& json) {
  for (const char* key : {".dockerconfigjson", ".dockercfg"}) {
    if (const Json* text = json.find("stringData"); text != nullptr && text->find(key) != nullptr) {
      return string_member(*text, key);
    }
    const Json* data = json.find("data");
    const Json* encoded = data != nullptr && data->is_object() ? data->find(key) : json.find(key);
    if (encoded == nullptr) continue;
    auto text = base64_decode(encoded->as_string());
    if (!text) throw Error(Errc::corrupt, std::string(key) + ": expected base64, found other text");
    return text;
  }
  return std::nullopt;
}

// JSON, or else the form in which kubectl shows a secret. (JSON would be YAML, too, but with keys
// that stand twice.)
Json parse_document(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return Json::object();
  if (text[begin] == '{' || text[begin] == '[') return Json::parse(text);
  const Json secret = parse_secret_yaml(text);
  const auto inner = secret.is_object() ? inside_secret(secret) : std::nullopt;
  if (!inner) throw Error(Errc::corrupt, "expected a secret of Kubernetes, found other YAML");
  return Json::parse(*inner);
}

bool is_bare_map(const Json& json) {
  return std::ranges::none_of(std::array{"auths", "credHelpers", "credsStore", "HttpHeaders"},
                              [&](const char* key) { return json.find(key) != nullptr; });
}

}  // namespace

std::string server_name(const Reference& reference) {
  return reference.host == "docker.io" ? "https://index.docker.io/v1/" : reference.host;
}

bool is_key_of_registry(std::string_view key, const Reference& reference) {
  return normalized(key) == normalized(reference.host);
}

FoundAuth find_auth(std::string_view document, const Reference& reference) {
  Json json = parse_document(document);
  if (const auto inner = inside_secret(json)) json = Json::parse(*inner);
  FoundAuth found;
  found.helper = find_member(json.find("credHelpers"), reference,
                             [](const Json& value) { return value.as_string(); });
  if (found.helper.empty()) found.helper = string_member(json, "credsStore");
  // .dockercfg is what stands in `auths` elsewhere.
  const Json* auths = is_bare_map(json) ? &json : json.find("auths");
  const Entry entry = find_member(auths, reference, [](const Json& value) {
    return value.is_object() ? parse_entry(value) : Entry{};
  });
  if (entry != Entry{}) {
    found.credentials =
        Credentials{entry.user, entry.password, entry.identity_token, entry.registry_token};
  }
  return found;
}

}  // namespace ocimux
