#include "support/loopback_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace ocimux::test {
namespace {

/// Reads until @p pending holds what @p enough wants; false at the end of the connection.
bool read_until(int socket, std::string& pending, const std::function<bool()>& enough) {
  std::array<char, 4096> buffer{};
  while (!enough()) {
    const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) return false;
    pending.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return true;
}

std::size_t length_in(const std::string& head) {
  const std::size_t at = head.find("Content-Length: ");
  return at == std::string::npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
}

bool send_all(int socket, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return false;
    sent += static_cast<std::size_t>(count);
  }
  return true;
}

}  // namespace

LoopbackServer::LoopbackServer(Answer answer)
    : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    throw std::runtime_error("no port to listen on");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

LoopbackServer::~LoopbackServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

std::string LoopbackServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

std::vector<LoopbackServer::Got> LoopbackServer::got() const {
  const std::lock_guard lock(mutex_);
  return got_;
}

std::string LoopbackServer::answer(int status, const std::string& body,
                                   const std::string& headers) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Text\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers + "\r\n" +
         body;
}

void LoopbackServer::accept_all() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(socket);
    const int connection = static_cast<int>(sockets_.size());
    threads_.emplace_back([this, socket, connection] { serve(socket, connection); });
  }
}

void LoopbackServer::serve(int socket, int connection) {
  std::string pending;
  while (serve_one(socket, connection, pending)) {
  }
  ::shutdown(socket, SHUT_RDWR);
}

bool LoopbackServer::serve_one(int socket, int connection, std::string& pending) {
  std::size_t end = 0;
  if (!read_until(socket, pending, [&] {
        end = pending.find("\r\n\r\n");
        return end != std::string::npos;
      })) {
    return false;
  }
  Got got{.head = pending.substr(0, end + 2), .connection = connection};
  pending.erase(0, end + 4);
  const std::size_t length = length_in(got.head);
  if (!read_until(socket, pending, [&] { return pending.size() >= length; })) return false;
  got.body = pending.substr(0, length);
  pending.erase(0, length);
  got.method = got.head.substr(0, got.head.find(' '));
  const std::size_t path = got.method.size() + 1;
  got.path = got.head.substr(path, got.head.find(' ', path) - path);
  {
    const std::lock_guard lock(mutex_);
    got_.push_back(got);
  }
  const std::string answer = answer_(got);
  return !answer.empty() && send_all(socket, answer) &&
         answer.find("Connection: close\r\n") == std::string::npos;
}

}  // namespace ocimux::test
