#include "registry/curl_failure.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace ocimux {
namespace {

using Kind = TransferError::Kind;

// As OpenSSL and GnuTLS say that the first bytes of the answer are none of TLS.
bool speaks_no_tls(std::string_view text) {
  return std::ranges::any_of(
      std::array<std::string_view, 4>{"wrong version number", "packet length too long",
                                      "unexpected TLS packet", "http request"},
      [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

Kind kind_of(CURLcode code, std::string_view text) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT: return Kind::unreachable;
    case CURLE_SSL_CONNECT_ERROR: return speaks_no_tls(text) ? Kind::not_tls : Kind::broken;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_SEND_FAIL_REWIND:  // it broke, and must not be sent again unasked
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return Kind::broken;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ISSUER_ERROR: return Kind::untrusted;
    default: return Kind::other;
  }
}

}  // namespace

TransferError transfer_error(CURLcode code, const char* text, const Url& url) {
  // What has an '@' may be a proxy's address with its password.
  const bool fit = *text != '\0' && std::strchr(text, '@') == nullptr;
  const std::string said = fit ? text : curl_easy_strerror(code);
  return {kind_of(code, said),
          "expected an answer from " + url.origin().string() + ", found: " + said};
}

Error forbidden_address(const Url& url) {
  return {Errc::denied,
          "expected an address that anybody may know, found " + url.origin().string() +
              ", which is on this machine or its network",
          "the registry named it, but is itself elsewhere"};
}

}  // namespace ocimux
