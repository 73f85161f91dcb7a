#include "registry/redirect_transport.hpp"

#include <ocimux/base/error.hpp>

namespace ocimux {
namespace {

constexpr int most_redirects = 5;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

// What changes something may hold secrets in its body (a token server's POST does): it is sent
// again only where the server says so, and to nobody else.
bool may_follow(const Request& request, const Response& answer, const Url& to) {
  if (request.is_read()) return true;
  return (answer.status == 307 || answer.status == 308) && to.origin() == request.url.origin();
}

}  // namespace

Response RedirectTransport::send(const Request& request) {
  Request now = request;
  for (int count = 0;; ++count) {
    check_downgrade(now);
    Response answer = next_->send(now);
    if (!is_redirect(answer.status) || answer.headers.find("Location").empty()) return answer;
    Url to = within(now.url.origin().string() + ": redirect",
                    [&] { return answer.url.resolve(answer.headers.find("Location")); });
    if (!may_follow(now, answer, to)) return answer;
    if (count == most_redirects) {
      throw Error(Errc::corrupt, request.url.shown() + ": expected at most " +
                                     std::to_string(most_redirects) + " redirects, found more");
    }
    follow(now, answer, std::move(to));
  }
}

void RedirectTransport::follow(Request& request, Response& answer, Url to) {
  const Origin& from = request.url.origin();
  if (to.origin() != from) {
    request.headers.erase("Authorization");
    request.headers.erase("Cookie");
    // The first server counts: those behind it were named by it.
    if (!request.led_from) request.led_from = answer.from;
    if (!request.led_by) request.led_by = from;
  }
  discard(answer);
  request.url = std::move(to);
}

void RedirectTransport::check_downgrade(const Request& request) const {
  if (!request.led_by || request.led_by->is_plain() || !request.url.origin().is_plain()) return;
  if (downgrade_ == Downgrade::allowed) return;
  throw Error(Errc::denied,
              request.led_by->string() + ": expected an https address, found " +
                  request.url.origin().string(),
              "a registry behind a proxy must know that it is spoken to with TLS "
              "(X-Forwarded-Proto); --tls-verify=false follows the address");
}

}  // namespace ocimux
