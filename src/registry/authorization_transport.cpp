#include "registry/authorization_transport.hpp"

#include <algorithm>

namespace ocimux {
namespace {

using std::chrono::seconds;

// A token that ends while its request is on the way is none.
constexpr seconds margin{10};
// Some registries look at the token again when all of a body is there. How long that takes is not
// known: a minute, or as long as on a slow line.
constexpr seconds shortest_body{60};
constexpr std::int64_t slow_line = 1'000'000;  // bytes a second
// The first finds out what is wanted; the second has a scope that was missing.
constexpr int most_answers = 2;

const Challenge* find(const std::vector<Challenge>& challenges, std::string_view scheme) {
  const auto found = std::ranges::find(challenges, scheme, &Challenge::scheme);
  return found == challenges.end() ? nullptr : &*found;
}

std::string bearer_of(const Token& token) { return "Bearer " + token.text; }

// Half of its life is left of every token sooner or later: more would mean one for each request.
seconds needed_life(const Request& request, seconds lifetime) {
  if (!request.body) return margin;
  const seconds wanted = std::max(shortest_body, seconds(request.body->size / slow_line));
  return std::max(margin, std::min(wanted, lifetime / 2));
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
  std::string sent;
  Response answer = try_all(request, sent);
  answer.method = request.method;
  answer.authorization = sent;
  if (answer.url.origin() == registry_) answer.proof = proof_of(sent);
  return answer;
}

Proof AuthorizationTransport::proof_of(const std::string& sent) const {
  if (!credentials_) return Proof::none;
  return sent.empty() ? Proof::not_asked : Proof::given;
}

Response AuthorizationTransport::try_all(const Request& request, std::string& sent) {
  Request now = request;
  sent = known_authorization(request);
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
  if (kept != tokens_.end() && lasts(kept->second, request)) return bearer_of(kept->second.token);
  const std::optional<Asked> asked = asked_before(request);
  return asked ? fetch(*asked, request) : std::string();
}

std::string AuthorizationTransport::answer_to(const Response& answer, const Request& request,
                                              const std::string& refused) {
  const std::vector<Challenge> challenges = challenges_of(answer.headers);
  const Challenge* bearer = find(challenges, "bearer");
  const bool offers_basic = find(challenges, "basic") != nullptr;
  const bool had_token = refused.starts_with("Bearer ");
  const bool may_try_basic =
      credentials_ && !credentials_->user.empty() && !refused.starts_with("Basic ");
  if (bearer != nullptr && !(offers_basic && may_try_basic && had_token)) {
    return new_token({*bearer, answer.from}, request, refused);
  }
  // Some registries ask without saying for what.
  if (challenges.empty() && had_token) {
    if (const auto asked = asked_for_scope(request)) return new_token(*asked, request, refused);
  }
  return may_try_basic && (offers_basic || challenges.empty()) ? basic() : std::string();
}

std::string AuthorizationTransport::basic() {
  const std::lock_guard lock(mutex_);
  basic_ = true;
  return basic_authorization(credentials_->user, credentials_->password);
}

std::string AuthorizationTransport::new_token(const Asked& asked, const Request& request,
                                              const std::string& refused) {
  const std::lock_guard lock(mutex_);
  const auto kept = tokens_.find(request.scope);
  // Another thread was refused with the same old one, and was faster.
  if (kept != tokens_.end() && lasts(kept->second, request) &&
      bearer_of(kept->second.token) != refused) {
    return bearer_of(kept->second.token);
  }
  return fetch(asked, request);
}

std::optional<AuthorizationTransport::Asked> AuthorizationTransport::asked_for_scope(
    const Request& request) {
  const std::lock_guard lock(mutex_);
  const auto kept = tokens_.find(request.scope);
  return kept == tokens_.end() ? std::nullopt : std::optional(kept->second.asked);
}

// A scope that had a token will need one again; and who may read without one may not write.
std::optional<AuthorizationTransport::Asked> AuthorizationTransport::asked_before(
    const Request& request) const {
  const auto kept = tokens_.find(request.scope);
  if (kept != tokens_.end()) return kept->second.asked;
  return request.is_read() ? std::nullopt : asked_;
}

bool AuthorizationTransport::lasts(const Kept& kept, const Request& request) const {
  return clock_() + needed_life(request, kept.token.lifetime) < kept.until;
}

std::string AuthorizationTransport::fetch(const Asked& asked, const Request& request) {
  const TokenQuestion question{asked.challenge,
                               joined_scopes(request.scope, asked.challenge.parameter("scope")),
                               registry_, asked.from, request.stop};
  Token token = ask_for_token(*next_, question, credentials_);
  std::string text = bearer_of(token);
  const auto until = clock_() + token.lifetime;
  tokens_.insert_or_assign(request.scope, Kept{asked, std::move(token), until});
  basic_ = false;
  asked_ = asked;
  asked_->challenge.parameters.erase("scope");
  return text;
}

}  // namespace ocimux
