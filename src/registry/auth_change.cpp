#include "registry/auth_change.hpp"

#include <ocimux/base/error.hpp>

#include "registry/auth_file.hpp"
#include "registry/base64.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <functional>

namespace ocimux {
namespace {

bool is_secret(const Json& json) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"data", "stringData", ".dockerconfigjson", ".dockercfg"},
      [&](const char* key) { return json.find(key) != nullptr; });
}

// A parser's message may repeat what it stumbled over.
Json parse_document(std::string_view document) {
  if (document.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json::object();
  Json json;
  try {
    json = Json::parse(document);
    static_cast<void>(json.as_object());
    if (const Json* auths = json.find("auths")) static_cast<void>(auths->as_object());
  } catch (const Error&) {
    throw Error(Errc::corrupt, "expected JSON with credentials as docker or podman write it");
  }
  if (is_secret(json)) {
    throw Error(Errc::unsupported,
                "expected a file of docker's or podman's, found a secret of Kubernetes",
                "kubectl create secret docker-registry makes a new one");
  }
  return json;
}

// A .dockercfg is what stands in `auths` elsewhere.
bool is_old_form(const Json& json) {
  const Json::Object& members = json.as_object();
  return !members.empty() && std::ranges::all_of(members, [](const Json::Member& member) {
    const Json& value = member.second;
    return value.is_object() &&
           (value.find("auth") != nullptr || value.find("username") != nullptr);
  });
}

std::string dumped(const Json& json) { return json.dump(2) + "\n"; }

bool is_below(std::string_view key, const Reference& registry) {
  return key.size() > registry.host.size() && key.starts_with(registry.host) &&
         key[registry.host.size()] == '/';
}

bool is_empty(const Json& entry) { return !entry.is_object() || entry.as_object().empty(); }

using Chosen = std::function<bool(const std::string&)>;

WithoutEntries without(std::string_view document, const Chosen& is_chosen) {
  Json json = parse_document(document);
  const bool old_form = is_old_form(json);
  const Json* found = old_form ? &json : json.find("auths");
  WithoutEntries result{std::string(document)};
  if (found == nullptr) return result;
  Json auths = *found;
  std::erase_if(auths.as_object(), [&](const Json::Member& member) {
    if (!is_chosen(member.first)) return false;
    if (!is_empty(member.second)) result.removed.push_back(member.first);
    return true;
  });
  if (auths.as_object().size() == found->as_object().size()) return result;
  if (old_form) {
    json = auths;
  } else {
    json.set("auths", auths);
  }
  result.document = dumped(json);
  return result;
}

}  // namespace

std::string with_entry(std::string_view document, const Reference& registry,
                       const AuthEntry& entry) {
  Json json = parse_document(document);
  const bool old_form = is_old_form(json);
  if (!old_form && json.find("auths") == nullptr) json.set("auths", Json::object());
  Json auths = old_form ? json : json.at("auths");
  const std::string key = server_name(registry);
  std::erase_if(auths.as_object(), [&](const Json::Member& member) {
    return member.first != key && is_key_of_registry(member.first, registry);
  });
  Json value = Json::object();
  if (!entry.user.empty()) value.set("auth", base64_encode(entry.user + ":" + entry.password));
  auths.set(key, std::move(value));
  if (old_form) return dumped(auths);
  json.set("auths", std::move(auths));
  return dumped(json);
}

WithoutEntries without_entries(std::string_view document, const Reference& registry) {
  std::vector<std::string> kept;
  WithoutEntries result = without(document, [&](const std::string& key) {
    const bool whole = is_key_of_registry(key, registry);
    if (!whole && is_below(key, registry)) kept.push_back(key);
    return whole;
  });
  result.kept = std::move(kept);
  return result;
}

WithoutEntries without_entries(std::string_view document) {
  return without(document, [](const std::string&) { return true; });
}

std::vector<HelpedServer> helped_servers(std::string_view document) {
  const Json json = parse_document(document);
  std::vector<HelpedServer> all;
  try {
    for (const auto& [server, helper] : string_map_member(json, "credHelpers")) {
      all.push_back({helper, server});
    }
    const std::string store = string_member(json, "credsStore");
    const Json* auths = json.find("auths");
    if (store.empty() || auths == nullptr) return all;
    for (const auto& [server, entry] : auths->as_object()) all.push_back({store, server});
  } catch (const Error&) {
    throw Error(Errc::corrupt, "expected JSON with credentials as docker or podman write it");
  }
  return all;
}

}  // namespace ocimux
