#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ocimux::test {

/// Speaks HTTP/1.1 on a free port of 127.0.0.1, in this process, for as long as it lives.
class LoopbackServer final {
 public:
  struct Got {
    std::string method;
    std::string path;
    std::string head;  ///< request line and headers, as they came
    std::string body;
    int connection = 0;  ///< the how manieth it came over
  };
  /// The bytes to send, headers and all; nothing: the connection is closed.
  using Answer = std::function<std::string(const Got&)>;

  explicit LoopbackServer(Answer answer);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& path) const;
  [[nodiscard]] std::vector<Got> got() const;

  /// An answer with these headers (each ends with `\r\n`) and the length of @p body.
  static std::string answer(int status, const std::string& body, const std::string& headers = "");

 private:
  void accept_all();
  void serve(int socket, int connection);
  bool serve_one(int socket, int connection, std::string& pending);

  Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::vector<Got> got_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;  // last: it uses all of the others
};

}  // namespace ocimux::test
