#include "registry/retry_transport.hpp"

#include <algorithm>
#include <ctime>
#include <string>
#include <variant>

namespace ocimux {
namespace {

constexpr int most_retries_unreachable = 2;

std::string seconds(std::chrono::milliseconds time) {
  const std::int64_t tenths = (time.count() + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " s";
}

}  // namespace

// 499: a proxy in front of the registry gave it up.
bool may_pass(int status) {
  return status == 408 || status == 429 || status == 499 ||
         (status >= 500 && status < 600 && status != 501 && status != 505);
}

struct RetryTransport::Attempt {
  std::variant<Response, TransferError> result;

  [[nodiscard]] const TransferError* error() const { return std::get_if<TransferError>(&result); }
  [[nodiscard]] bool is_final() const {
    return error() != nullptr ? !error()->may_pass() : !may_pass(std::get<Response>(result).status);
  }
  [[nodiscard]] int most_retries(int usual) const {
    const bool unreachable =
        error() != nullptr && error()->kind() == TransferError::Kind::unreachable;
    return unreachable ? std::min(usual, most_retries_unreachable) : usual;
  }
  [[nodiscard]] std::string told(const Url& url) const {
    if (error() != nullptr) return error()->what();
    return url.origin().string() + ": status " + std::to_string(std::get<Response>(result).status);
  }
  [[nodiscard]] std::optional<std::chrono::seconds> asked() const {
    if (error() != nullptr) return std::nullopt;
    return parse_retry_after(std::get<Response>(result).headers.find("Retry-After"),
                             std::time(nullptr));
  }
};

RetryTransport::Attempt RetryTransport::attempt(const Request& request) {
  try {
    return {next_->send(request)};
  } catch (const TransferError& error) {
    return {error};
  }
}

Response RetryTransport::send(const Request& request) {
  for (int retry = 1;; ++retry) {
    Attempt attempt = this->attempt(request);
    if (request.once || attempt.is_final() || retry > attempt.most_retries(policy_.retries)) {
      if (attempt.error() != nullptr) throw TransferError(*attempt.error());
      return std::move(std::get<Response>(attempt.result));
    }
    const auto time = policy_.backoff.delay(retry, random_fraction(), attempt.asked());
    progress_.note(attempt.told(request.url) + "; trying again in " + seconds(time));
    if (attempt.error() == nullptr) discard(std::get<Response>(attempt.result));
    policy_.wait(time, request.stop);
  }
}

}  // namespace ocimux
