#include "registry/curl_connection.hpp"

#include <ocimux/base/error.hpp>

#include "registry/curl_library.hpp"

namespace ocimux {

// The one used last: its connections are the least likely to have been closed meanwhile.
std::unique_ptr<CurlConnection> CurlPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  start_curl();
  auto connection = std::make_unique<CurlConnection>();
  connection->multi.reset(curl_multi_init());
  connection->easy.reset(curl_easy_init());
  if (!connection->multi || !connection->easy) {
    throw Error(Errc::io, "no memory for a connection");
  }
  return connection;
}

void CurlPool::give_back(std::unique_ptr<CurlConnection> connection) noexcept {
  constexpr std::size_t most = 64;
  try {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most) idle_.push_back(std::move(connection));
  } catch (...) {
    return;  // no memory to keep it: it is closed
  }
}

}  // namespace ocimux
