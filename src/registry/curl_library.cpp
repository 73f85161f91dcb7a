#include "registry/curl_library.hpp"

#include <ocimux/base/error.hpp>

#include <curl/curl.h>

namespace ocimux {

// Never ended: other libraries of the process may use libcurl, too.
void start_curl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Error(Errc::io, "libcurl cannot be started");
}

}  // namespace ocimux
