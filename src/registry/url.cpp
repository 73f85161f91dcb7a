#include "registry/url.hpp"

#include <ocimux/base/error.hpp>

#include "base/handle.hpp"
#include "registry/curl_library.hpp"

#include <curl/curl.h>

#include <algorithm>

namespace ocimux {
namespace {

constexpr std::size_t longest_url = std::size_t{16} * 1024;

using Handled = Handle<CURLU, curl_url_cleanup>;
using Text = Handle<char, curl_free>;

Error wrong(const std::string& found) {
  return {Errc::corrupt,
          "expected an address https://HOST/… without user and password, found " + found};
}

Handled make() {
  start_curl();
  Handled url(curl_url());
  if (!url) throw Error(Errc::io, "no memory for an address");
  return url;
}

// What is wrong is not shown: the address itself may hold a password.
void set(CURLU* url, CURLUPart part, const std::string& text) {
  if (text.size() > longest_url || text.find('\0') != std::string::npos) throw wrong("another");
  const CURLUcode code =
      curl_url_set(url, part, text.c_str(), CURLU_DISALLOW_USER | CURLU_PATH_AS_IS);
  if (code != CURLUE_OK) throw wrong(std::string("another: ") + curl_url_strerror(code));
}

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  const Text owned(text);
  return owned.get();
}

Origin origin_of(CURLU* url) {
  Origin origin{part(url, CURLUPART_SCHEME), part(url, CURLUPART_HOST),
                part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  std::transform(origin.host.begin(), origin.host.end(), origin.host.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  if (origin.scheme != "http" && origin.scheme != "https") {
    throw wrong("one of '" + origin.scheme + "'");
  }
  if (origin.host.empty()) throw wrong("one without a host");
  return origin;
}

std::string text_of(CURLU* url) {
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);  // nothing to a server
  return part(url, CURLUPART_URL);
}

}  // namespace

std::string Origin::string() const {
  const bool usual = port == (is_plain() ? "80" : "443");
  return scheme + "://" + host + (usual ? "" : ":" + port);
}

Url Url::parse(std::string_view text) {
  const Handled url = make();
  set(url.get(), CURLUPART_URL, std::string(text));
  return {text_of(url.get()), origin_of(url.get())};
}

Url Url::resolve(std::string_view location) const {
  const Handled url = make();
  set(url.get(), CURLUPART_URL, text_);
  set(url.get(), CURLUPART_URL, std::string(location));
  return {text_of(url.get()), origin_of(url.get())};
}

Url Url::with_query(std::string_view name, std::string_view value) const {
  const char joint = text_.find('?') == std::string::npos ? '?' : '&';
  return {text_ + joint + form_encoded(name) + "=" + form_encoded(value), origin_};
}

std::string Url::shown() const { return text_.substr(0, text_.find('?')); }

std::string form_encoded(std::string_view text) {
  if (text.empty()) return {};  // to libcurl no length means that a NUL ends it
  start_curl();
  const Text encoded(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())));
  if (!encoded) throw Error(Errc::io, "no memory for an address");
  return encoded.get();
}

}  // namespace ocimux
