#pragma once

#include "base/handle.hpp"

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <vector>

namespace ocimux {

/// libcurl's handles for one request at a time. The multi handle keeps the connections open for the
/// next one; the easy handle is part of it only while a request runs.
struct CurlConnection {
  Handle<CURLM, curl_multi_cleanup> multi;
  Handle<CURL, curl_easy_cleanup> easy;
};

/// Connections that wait for their next request. libcurl cannot share open connections between
/// threads, so each request takes a pair of handles for itself.
class CurlPool final {
 public:
  std::unique_ptr<CurlConnection> take();
  void give_back(std::unique_ptr<CurlConnection> connection) noexcept;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<CurlConnection>> idle_;
};

}  // namespace ocimux
