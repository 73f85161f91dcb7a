#include "registry/redirect_transport.hpp"

#include <ocimux/base/error.hpp>

namespace ocimux {
namespace {

constexpr int most_redirects = 5;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

Response RedirectTransport::send(const Request& request) {
  Request now = request;
  for (int count = 0;; ++count) {
    Response answer = next_->send(now);
    if (!request.is_read() || !is_redirect(answer.status) ||
        answer.headers.find("Location").empty()) {
      return answer;
    }
    if (count == most_redirects) {
      throw Error(Errc::corrupt, request.url.shown() + ": expected at most " +
                                     std::to_string(most_redirects) + " redirects, found more");
    }
    follow(now, answer);
  }
}

void RedirectTransport::follow(Request& request, Response& answer) const {
  Url to = within(request.url.origin().string() + ": redirect",
                  [&] { return answer.url.resolve(answer.headers.find("Location")); });
  const Origin& from = request.url.origin();
  if (!from.is_plain() && to.origin().is_plain() && downgrade_ == Downgrade::refused) {
    throw Error(Errc::denied,
                from.string() + ": expected a redirect to an https address, found one to " +
                    to.origin().string(),
                "--tls-verify=false follows it");
  }
  if (to.origin() != from) {
    request.headers.erase("Authorization");
    request.headers.erase("Cookie");
    // The first server counts: those behind it were named by it.
    if (!request.led_from) request.led_from = answer.from;
  }
  discard(answer);
  request.url = std::move(to);
}

}  // namespace ocimux
