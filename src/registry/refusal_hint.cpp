#include "registry/refusal_hint.hpp"

#include <algorithm>

// Registries agree on few of the codes, and on no texts. What is looked for here are those that
// were seen: of distribution, Docker Hub, ECR, GAR, GHCR, Harbor, Quay and zot.

namespace ocimux {
namespace {

bool is_writing(const Response& answer) {
  return !answer.method.empty() && answer.method != "GET" && answer.method != "HEAD";
}

/// What is asked of an answer, in one form.
class Facts {
 public:
  Facts(const Response& answer, const Refusal& refusal)
      : status_(answer.status), codes_(refusal.codes), text_(refusal.text) {
    std::ranges::transform(text_, text_.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  }

  [[nodiscard]] bool is(int status) const { return status_ == status; }
  [[nodiscard]] bool has(std::string_view code) const {
    return std::ranges::any_of(
        codes_, [&](const std::string& one) { return equal_ignoring_case(one, code); });
  }
  [[nodiscard]] bool says(std::string_view word) const {
    return text_.find(word) != std::string::npos;
  }

 private:
  int status_;
  const std::vector<std::string>& codes_;
  std::string text_;
};

std::string name_of(const Origin& registry) {
  if (registry.host == "registry-1.docker.io") return "docker.io";
  const std::string text = registry.string();
  return text.substr(text.find("//") + 2);
}

std::string of_permission(const Response& answer) {
  if (answer.proof != Proof::given) return login_hint(answer.url.origin(), answer.proof);
  return std::string("these credentials are known there, but may not ") +
         (is_writing(answer) ? "write" : "read") +
         " this: its owner can allow it, or ocimux login " + name_of(answer.url.origin()) +
         " with others";
}

std::string of_name(const Response& answer) {
  if (is_writing(answer)) {
    return "create the repository there first: some registries (ECR, for one) make none when it is "
           "pushed to";
  }
  if (answer.proof == Proof::given) return {};
  return "it may be hidden from those without credentials: " +
         login_hint(answer.url.origin(), answer.proof);
}

std::string of_limit(const Response& answer) {
  std::string wait =
      "the registry limits how often it is asked: wait, or use fewer connections (-j)";
  if (answer.proof == Proof::given) return wait;
  return wait + "; who logs in may often ask more";
}

std::string of_content(const Response& answer, const Facts& it) {
  if (it.has("MANIFEST_BLOB_UNKNOWN") || (it.has("BLOB_UNKNOWN") && is_writing(answer))) {
    return "what it refers to is not in the repository, or not any more: push --check-blobs sends "
           "what is missing";
  }
  if (it.has("NAME_UNKNOWN") || (it.is(404) && it.says("repository"))) return of_name(answer);
  if (it.is(413)) {
    return "too large for the registry, or for a proxy in front of it; --chunk-size sends blobs in "
           "pieces";
  }
  if (it.is(415) || it.has("MANIFEST_INVALID")) {
    return "the registry may not know this kind of document: --format oci or --format docker sends "
           "the other";
  }
  if (it.is(405) || it.has("UNSUPPORTED")) return "the registry may be for reading only";
  return {};
}

}  // namespace

std::string login_hint(const Origin& registry, Proof proof) {
  const std::string command = "ocimux login " + name_of(registry);
  switch (proof) {
    case Proof::none:
      return "no credentials were found for it: " + command + ", --creds or --authfile give some";
    case Proof::given:
      return "the credentials that were found were refused: " + command +
             ", --creds or --authfile give others";
    case Proof::not_asked: return command + ", --creds or --authfile give others";
    case Proof::unknown: break;  // perhaps of one the registry led to, who has no logins of its own
  }
  return "ocimux login, --creds and --authfile give credentials for the registry";
}

std::string refusal_hint(const Response& answer, const Refusal& refusal) {
  const Facts it(answer, refusal);
  if (it.says("immutable")) {
    return "a tag that must not be moved there: take another one, or have its owner allow it";
  }
  if (it.says("quota") || it.is(507)) {
    return "there is no room left for it: remove something there, or have more allowed";
  }
  if (it.is(429) || it.has("TOOMANYREQUESTS")) return of_limit(answer);
  if (it.is(401)) return login_hint(answer.url.origin(), answer.proof);
  if (it.is(403) || it.has("DENIED")) return of_permission(answer);
  return of_content(answer, it);
}

}  // namespace ocimux
