#pragma once

#include "registry/token.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace ocimux {

/// Proves to one registry who we are, once it asks: with user and password, or with a token that
/// its token server gives for them (distribution's token specification). Tokens are kept for the
/// scope of their request, and what the registry asked for, so that a request that writes has a
/// token before it is sent, and one that lasts while its body is. A request to anybody else passes
/// as it is.
class AuthorizationTransport final : public Transport {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  AuthorizationTransport(std::shared_ptr<Transport> next, Origin registry,
                         std::optional<Credentials> credentials,
                         Clock clock = std::chrono::steady_clock::now);

  /// The answer may still be a 401, where everything that could help was tried. It says what it was
  /// asked with.
  Response send(const Request& request) override;

 private:
  /// A challenge, and where it came from.
  struct Asked {
    Challenge challenge;
    Network from = Network::outside;
  };
  struct Kept {
    Asked asked;
    Token token;
    std::chrono::steady_clock::time_point until;
  };

  [[nodiscard]] Proof proof_of(const std::string& sent) const;
  Response try_all(const Request& request, std::string& sent);
  [[nodiscard]] std::string known_authorization(const Request& request);
  /// What to send instead of @p refused; empty when there is nothing more to try.
  [[nodiscard]] std::string answer_to(const Response& answer, const Request& request,
                                      const std::string& refused);
  [[nodiscard]] std::string basic();
  [[nodiscard]] std::string new_token(const Asked& asked, const Request& request,
                                      const std::string& refused);

  [[nodiscard]] std::optional<Asked> asked_for_scope(const Request& request);

  // With the lock held.
  [[nodiscard]] std::optional<Asked> asked_before(const Request& request) const;
  [[nodiscard]] bool lasts(const Kept& kept, const Request& request) const;
  [[nodiscard]] std::string fetch(const Asked& asked, const Request& request);

  std::shared_ptr<Transport> next_;
  Origin registry_;
  std::optional<Credentials> credentials_;
  Clock clock_;

  std::mutex mutex_;  // also held while a token is fetched: the others want the same one
  bool basic_ = false;
  std::optional<Asked> asked_;          // for a token, whatever the scope
  std::map<std::string, Kept> tokens_;  // by the scope of the request
};

}  // namespace ocimux
