#pragma once

#include "registry/curl_connection.hpp"
#include "registry/curl_transport.hpp"

#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// One request on its way, and its answer. libcurl's callbacks hold its address.
class CurlTransfer final : public Source {
 public:
  CurlTransfer(std::shared_ptr<CurlPool> pool, const CurlOptions& options, const Request& request);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  ~CurlTransfer() override;

  /// Sends the request and returns once the headers of the answer are there; without body.
  Response wait_for_headers();
  /// The body. Throws TransferError where it ends too early.
  std::size_t read(std::span<std::byte> into) override;

 private:
  void set_up(const CurlOptions& options);
  void set_up_tls(const CurlOptions& options);
  void set_up_method();
  void set_up_headers();
  template <typename Value>
  void set(CURLoption option, Value value);

  /// Runs the transfer until @p ready or its end.
  void drive(const std::function<bool()>& ready);
  void collect_result();
  void check_result() const;
  [[nodiscard]] Network network_of_peer() const;
  [[nodiscard]] bool has_bytes() const { return at_ < buffer_.size(); }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) noexcept;
  static std::size_t on_write(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_read(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_seek(void* self, curl_off_t offset, int origin) noexcept;
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  void take_header(std::string_view line);
  void note_sent(std::int64_t count);

  std::shared_ptr<CurlPool> pool_;
  std::unique_ptr<CurlConnection> connection_;
  Request request_;
  Handle<curl_slist, curl_slist_free_all> headers_to_send_;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
  std::unique_ptr<Source> upload_;
  std::int64_t sent_ = 0;
  long timeout_ = 0;  // seconds
  bool behind_proxy_ = false;

  std::exception_ptr failure_;  // parked: exceptions must not cross C frames
  bool added_ = false;
  bool done_ = false;
  CURLcode result_ = CURLE_OK;

  int status_ = 0;
  Headers headers_;
  std::size_t header_bytes_ = 0;
  bool headers_done_ = false;

  std::vector<std::byte> buffer_;
  std::size_t at_ = 0;
  bool paused_ = false;

  std::optional<std::stop_callback<std::function<void()>>> wake_;  // gone before what it wakes
};

}  // namespace ocimux
