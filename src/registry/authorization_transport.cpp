#include "registry/authorization_transport.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// A token that ends while its request is on the way is none.
constexpr std::chrono::seconds margin{10};
// The first finds out what is wanted; the second has a scope that was missing.
constexpr int most_answers = 2;

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
  return found == challenges.end() ? nullptr : &*found;
}

}  // namespace

AuthorizationTransport::AuthorizationTransport(std::shared_ptr<Transport> next, Origin registry,
                                               std::optional<Credentials> credentials, Clock clock)
    : next_(std::move(next)),
      registry_(std::move(registry)),
      credentials_(std::move(credentials)),
      clock_(std::move(clock)) {}

Response AuthorizationTransport::send(const Request& request) {
  if (request.url.origin() != registry_) return next_->send(request);
  Request now = request;
  std::string sent = known_authorization(request);
  for (int count = 0;; ++count) {
    if (!sent.empty()) now.headers.set("Authorization", sent);
    Response answer = next_->send(now);
    // What a registry redirects to has no say in what we tell the registry.
    if (answer.status != 401 || answer.url.origin() != registry_ || count == most_answers) {
      return answer;
    }
    std::string next = answer_to(answer, request, sent);
    if (next.empty()) return answer;
    discard(answer);
    sent = std::move(next);
  }
}

std::string AuthorizationTransport::known_authorization(const Request& request) {
  if (credentials_ && !credentials_->registry_token.empty()) {
    return "Bearer " + credentials_->registry_token;
  }
  const std::lock_guard lock(mutex_);
  if (basic_) return basic_authorization(credentials_->user, credentials_->password);
  const auto kept = tokens_.find(request.scope);
  if (kept == tokens_.end() || kept->second.until <= clock_()) return {};
  return "Bearer " + kept->second.text;
}

std::string AuthorizationTransport::answer_to(const Response& answer, const Request& request,
                                              const std::string& refused) {
  const std::vector<Challenge> challenges = challenges_of(answer.headers);
  if (const Challenge* bearer = find(challenges, "bearer")) {
    TokenQuestion question{*bearer, joined_scopes(request.scope, bearer->parameter("scope")),
                           registry_, answer.from, request.stop};
    return token_for(question, request.scope, refused);
  }
  // Some registries ask without saying for what.
  const bool basic = challenges.empty() || find(challenges, "basic") != nullptr;
  if (!basic || !credentials_ || credentials_->user.empty() || refused.starts_with("Basic ")) {
    return {};
  }
  const std::lock_guard lock(mutex_);
  basic_ = true;
  return basic_authorization(credentials_->user, credentials_->password);
}

std::string AuthorizationTransport::token_for(const TokenQuestion& question, const std::string& key,
                                              const std::string& refused) {
  const std::lock_guard lock(mutex_);
  const auto kept = tokens_.find(key);
  // Another thread was refused with the same old one, and was faster.
  if (kept != tokens_.end() && kept->second.until > clock_() &&
      "Bearer " + kept->second.text != refused) {
    return "Bearer " + kept->second.text;
  }
  const Token token = ask_for_token(*next_, question, credentials_);
  tokens_.insert_or_assign(key, Kept{token.text, clock_() + token.lifetime - margin});
  return "Bearer " + token.text;
}

}  // namespace ocimux
