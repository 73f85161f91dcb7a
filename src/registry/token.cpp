#include "registry/token.hpp"

#include <ocimux/base/error.hpp>

#include "io/memory.hpp"
#include "registry/answer.hpp"
#include "registry/base64.hpp"
#include "registry/refusal_hint.hpp"
#include "spec/json.hpp"

#include <algorithm>
#include <sstream>
#include <vector>

namespace ocimux {
namespace {

constexpr std::size_t largest_token = std::size_t{1} << 20;
constexpr std::string_view client_id = "ocimux";

Url realm_of(const TokenQuestion& question) {
  const std::string text = question.challenge.parameter("realm");
  Url realm = within("its token server", [&] { return Url::parse(text); });
  if (realm.origin().is_plain() && !question.registry.is_plain()) {
    throw Error(Errc::denied, "expected a token server with TLS, found " + realm.origin().string());
  }
  return realm;
}

Request request_to(Url url, const TokenQuestion& question) {
  Request request{.url = std::move(url), .stop = question.stop};
  if (request.url.origin() != question.registry) request.led_from = question.network;
  request.headers.set("Accept", "application/json");
  return request;
}

std::vector<std::string> parts(const std::string& text, char separator) {
  std::istringstream stream(text);
  std::vector<std::string> all;
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) all.push_back(part);
  }
  return all;
}

/// `repository:NAME:pull,push`.
struct Scope {
  std::string resource;
  std::vector<std::string> actions = {};
};

Scope parse_scope(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {text};
  return {text.substr(0, colon), parts(text.substr(colon + 1), ',')};
}

std::string text_of(const Scope& scope) {
  std::string text = scope.resource;
  for (const std::string& action : scope.actions) {
    text += (text.size() == scope.resource.size() ? ":" : ",") + action;
  }
  return text;
}

Response get(Transport& transport, const TokenQuestion& question,
             const std::optional<Credentials>& credentials) {
  Url url = realm_of(question);
  const std::string service = question.challenge.parameter("service");
  if (!service.empty()) url = url.with_query("service", service);
  for (const std::string& scope : parts(question.scope, ' ')) url = url.with_query("scope", scope);
  Request request = request_to(std::move(url), question);
  if (credentials && !credentials->identity_token.empty()) {
    request.headers.set(
        "Authorization",
        basic_authorization(credentials->user.empty() ? "<token>" : credentials->user,
                            credentials->identity_token));
  } else if (credentials && !credentials->user.empty()) {
    request.headers.set("Authorization",
                        basic_authorization(credentials->user, credentials->password));
  }
  Response answer = transport.send(request);
  answer.authorization = request.headers.find("Authorization");
  return answer;
}

Response post(Transport& transport, const TokenQuestion& question, const Credentials& credentials) {
  Request request = request_to(realm_of(question), question);
  request.method = "POST";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded");
  // Without `access_type=offline`: another refresh token would only be one more secret to keep.
  std::string form =
      "grant_type=refresh_token&service=" + form_encoded(question.challenge.parameter("service")) +
      "&client_id=" + std::string(client_id);
  if (!question.scope.empty()) form += "&scope=" + form_encoded(question.scope);
  request.body = memory_body(form + "&refresh_token=" + form_encoded(credentials.identity_token));
  Response answer = transport.send(request);
  answer.authorization = credentials.identity_token;
  return answer;
}

// GCR answers 404, others 405, Azure's 400, Artifactory 401: GET says whether it is the token.
bool knows_no_post(int status) {
  return status == 404 || status == 405 || status == 400 || status == 401;
}

Response ask(Transport& transport, const TokenQuestion& question,
             const std::optional<Credentials>& credentials) {
  if (credentials && !credentials->identity_token.empty()) {
    Response answer = post(transport, question, *credentials);
    if (!knows_no_post(answer.status)) return answer;
    discard(answer);
  }
  return get(transport, question, credentials);
}

// A token server that knows no such user may answer 400 or 404, too.
Error refused(Response& answer, const TokenQuestion& question,
              const std::optional<Credentials>& credentials) {
  Error error = refusal_of(
      answer, credentials ? "a token for these credentials" : "a token without credentials");
  const bool of_credentials =
      answer.status >= 400 && answer.status < 500 && answer.status != 408 && answer.status != 429;
  if (!of_credentials) return error;
  return {Errc::denied, error.what(),
          login_hint(question.registry, credentials ? Proof::given : Proof::none)};
}

}  // namespace

Token Token::parse(const std::string& document) {
  constexpr std::int64_t shortest = 60;
  constexpr std::int64_t longest = 86'400;
  try {
    const Json json = Json::parse(document);
    Token token{string_member(json, "token")};
    if (token.text.empty()) token.text = string_member(json, "access_token");
    const Json* lifetime = json.find("expires_in");
    if (lifetime != nullptr) {
      token.lifetime = std::chrono::seconds(std::clamp(lifetime->as_integer(), shortest, longest));
    }
    const bool fit = std::ranges::all_of(token.text, [](char c) { return c > ' ' && c < 0x7f; });
    if (!token.text.empty() && fit) return token;
  } catch (const Error&) {  // its message may hold a part of the token
    static_cast<void>(document);
  }
  throw Error(Errc::corrupt, "expected JSON with a token, found something else");
}

Token ask_for_token(Transport& transport, const TokenQuestion& question,
                    const std::optional<Credentials>& credentials) {
  const Url realm = realm_of(question);
  return within("token server " + realm.origin().string(), [&] {
    Response answer = ask(transport, question, credentials);
    if (answer.status != 200) throw refused(answer, question, credentials);
    const std::string document = front_of(answer, largest_token + 1);
    if (document.size() > largest_token) {
      throw Error(Errc::corrupt, "expected a token of at most 1 MiB, found more");
    }
    return Token::parse(document);
  });
}

std::string basic_authorization(const std::string& user, const std::string& password) {
  return "Basic " + base64_encode(user + ":" + password);
}

std::string joined_scopes(const std::string& a, const std::string& b) {
  std::vector<Scope> all;
  for (const std::string& word : parts(a + " " + b, ' ')) {
    const Scope scope = parse_scope(word);
    auto known = std::ranges::find(all, scope.resource, &Scope::resource);
    if (known == all.end()) known = all.insert(all.end(), {scope.resource});
    for (const std::string& action : scope.actions) {
      if (std::ranges::find(known->actions, action) == known->actions.end()) {
        known->actions.push_back(action);
      }
    }
  }
  std::string text;
  for (const Scope& scope : all) text += (text.empty() ? "" : " ") + text_of(scope);
  return text;
}

}  // namespace ocimux
