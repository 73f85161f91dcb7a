#include "registry/curl_transfer.hpp"

#include <ocimux/base/error.hpp>

#include "base/parallel.hpp"
#include "io/memory.hpp"
#include "registry/broken_pipe.hpp"
#include "registry/curl_failure.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

// A pull Source over libcurl: read() drives a multi handle with this one transfer until bytes are
// there. While a full buffer waits for its reader the transfer is paused, and the sender with it.

namespace ocimux {
namespace {

constexpr std::size_t buffer_limit = std::size_t{512} * 1024;
constexpr long curl_buffer = 128L * 1024;
constexpr long upload_buffer = 256L * 1024;
// A registry may take long to store what it has all of, and says nothing meanwhile.
constexpr long patience_after_body = 10;
constexpr std::size_t most_header_bytes = std::size_t{256} * 1024;
constexpr int longest_poll = 1000;  // milliseconds; a stop wakes it

// With a proxy the address that is connected to is the proxy's.
bool is_behind_proxy(const Url& url) {
  const auto is_set = [](const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): only read here
    return value != nullptr && *value != '\0';
  };
  if (is_set("all_proxy") || is_set("ALL_PROXY")) return true;
  return url.string().starts_with("https:") ? is_set("https_proxy") || is_set("HTTPS_PROXY")
                                            : is_set("http_proxy");
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

CurlTransfer::CurlTransfer(std::shared_ptr<CurlPool> pool, const CurlOptions& options,
                           const Request& request)
    : pool_(std::move(pool)),
      connection_(pool_->take()),
      request_(request),
      behind_proxy_(is_behind_proxy(request.url)) {
  set_up(options);
  wake_.emplace(request.stop, [multi = connection_->multi.get()] { curl_multi_wakeup(multi); });
}

CurlTransfer::~CurlTransfer() {
  wake_.reset();
  const NoBrokenPipeSignal none;
  if (added_) curl_multi_remove_handle(connection_->multi.get(), connection_->easy.get());
  // What was given up is not used again: libcurl keeps some of its state in the handle.
  if (done_ && result_ == CURLE_OK) {
    curl_easy_reset(connection_->easy.get());
    pool_->give_back(std::move(connection_));
  } else {
    connection_.reset();
  }
}

template <typename Value>
void CurlTransfer::set(CURLoption option, Value value) {
  const CURLcode code =
      curl_easy_setopt(connection_->easy.get(), option, value);  // NOLINT(*-vararg)
  if (code != CURLE_OK) {
    throw Error(Errc::unsupported, "expected a libcurl with option " +
                                       std::to_string(static_cast<int>(option)) +
                                       ", found: " + curl_easy_strerror(code));
  }
}

void CurlTransfer::set_up(const CurlOptions& options) {
  timeout_ = static_cast<long>(options.timeout.count());
  set(CURLOPT_URL, request_.url.string().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PATH_AS_IS, 1L);  // a signed address counts as it is
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT, timeout_);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, timeout_);
  set(CURLOPT_BUFFERSIZE, curl_buffer);
  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, on_write);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_OPENSOCKETFUNCTION, on_socket);
  set(CURLOPT_OPENSOCKETDATA, this);
  if (network_of_host(request_.url.origin().host) == Network::loopback) set(CURLOPT_PROXY, "");
  set_up_tls(options);
  set_up_method();
  set_up_headers();
}

void CurlTransfer::set_up_tls(const CurlOptions& options) {
  const bool verify = options.verify == CurlOptions::Verify::certificates;
  set(CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  const Certificates& certificates = options.certificates;
  if (!verify) {
    // libcurl reads them all the same, which takes longer than the handshake.
    set(CURLOPT_CAINFO, nullptr);
    set(CURLOPT_CAPATH, nullptr);
  } else if (!certificates.authorities.empty()) {
    curl_blob blob{const_cast<char*>(certificates.authorities.data()),  // NOLINT(*-const-cast)
                   certificates.authorities.size(), CURL_BLOB_COPY};
    set(CURLOPT_CAINFO_BLOB, &blob);
  } else if (certificates.system == Certificates::System::directory) {
    set(CURLOPT_CAINFO, nullptr);
  }
  // The key proves who we are to the registry, and to nobody it sends us to.
  if (certificates.own && certificates.own->to == request_.url.origin()) {
    set(CURLOPT_SSLCERT, certificates.own->certificate.c_str());
    set(CURLOPT_SSLKEY, certificates.own->key.c_str());
  }
}

void CurlTransfer::set_up_method() {
  if (request_.body) {
    upload_ = request_.body->open();
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_UPLOAD_BUFFERSIZE, upload_buffer);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request_.body->size));
    set(CURLOPT_READFUNCTION, on_read);
    set(CURLOPT_READDATA, this);
    set(CURLOPT_SEEKFUNCTION, on_seek);
    set(CURLOPT_SEEKDATA, this);
    note_sent(0);  // nobody asks for the bytes of an empty body
  } else if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  } else if (!request_.is_read() && request_.method != "DELETE") {
    set(CURLOPT_POSTFIELDSIZE, 0L);
    set(CURLOPT_POSTFIELDS, "");
  }
  if (request_.method != "GET") set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void CurlTransfer::set_up_headers() {
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_to_send_.get(), line.c_str());
    if (longer == nullptr) throw Error(Errc::io, "no memory for a header");
    static_cast<void>(headers_to_send_.release());
    headers_to_send_.reset(longer);
  };
  add("Expect:");  // not every registry answers 100-continue
  add("User-Agent: ocimux/" OCIMUX_VERSION);
  // libcurl takes what is posted for a form.
  if (request_.headers.find("Content-Type").empty()) add("Content-Type:");
  for (const auto& [name, value] : request_.headers.fields()) {
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      throw Error(Errc::invalid_argument, name + ": expected a header of one line, found more");
    }
    add(name + ": " + value);
  }
  set(CURLOPT_HTTPHEADER, headers_to_send_.get());
}

void CurlTransfer::drive(const std::function<bool()>& ready) {
  const NoBrokenPipeSignal none;
  CURLM* multi = connection_->multi.get();
  while (!ready() && !done_) {
    throw_if_stopped(request_.stop);
    int running = 0;
    CURLMcode code = curl_multi_perform(multi, &running);
    collect_result();
    if (failure_) std::rethrow_exception(failure_);
    if (code == CURLM_OK && !ready() && !done_) {
      code = curl_multi_poll(multi, nullptr, 0, longest_poll, nullptr);
    }
    if (code != CURLM_OK) throw Error(Errc::io, curl_multi_strerror(code));
  }
}

void CurlTransfer::collect_result() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(connection_->multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    done_ = true;
    result_ = message->data.result;
  }
}

void CurlTransfer::check_result() const {
  if (failure_) std::rethrow_exception(failure_);
  if (result_ != CURLE_OK) throw transfer_error(result_, error_text_.data(), request_.url);
}

Response CurlTransfer::wait_for_headers() {
  if (curl_multi_add_handle(connection_->multi.get(), connection_->easy.get()) != CURLM_OK) {
    throw Error(Errc::io, "libcurl takes no request");
  }
  added_ = true;
  const bool bodiless = request_.method == "HEAD";
  drive([&] { return headers_done_ && !bodiless; });
  if (done_ && (!headers_done_ || bodiless)) check_result();
  if (!headers_done_) {
    throw TransferError(TransferError::Kind::broken, "the answer has no headers");
  }
  return {status_, headers_, nullptr, request_.url, network_of_peer()};
}

// A proxy's address says nothing of the server behind it, which must not lead to where the proxy
// is. Whether the environment's proxy was used (`no_proxy`) shows in the port.
Network CurlTransfer::network_of_peer() const {
  const char* peer = nullptr;
  long port = 0;
  curl_easy_getinfo(connection_->easy.get(), CURLINFO_PRIMARY_IP, &peer);    // NOLINT(*-vararg)
  curl_easy_getinfo(connection_->easy.get(), CURLINFO_PRIMARY_PORT, &port);  // NOLINT(*-vararg)
  const Origin& origin = request_.url.origin();
  if (behind_proxy_ && std::to_string(port) != origin.port) return network_of_host(origin.host);
  return peer == nullptr ? Network::outside : network_of_host(peer);
}

std::size_t CurlTransfer::read(std::span<std::byte> into) {
  if (!has_bytes() && !done_) {
    buffer_.clear();
    at_ = 0;
    if (std::exchange(paused_, false)) {
      const CURLcode code = curl_easy_pause(connection_->easy.get(), CURLPAUSE_CONT);
      if (code != CURLE_OK) throw transfer_error(code, error_text_.data(), request_.url);
    }
    drive([&] { return has_bytes(); });
  }
  if (!has_bytes()) {
    check_result();
    return 0;
  }
  const std::size_t count = std::min(into.size(), buffer_.size() - at_);
  std::memcpy(into.data(), buffer_.data() + at_, count);
  at_ += count;
  return count;
}

void CurlTransfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > most_header_bytes) {
    throw Error(Errc::corrupt, "expected at most 256 KiB of headers, found more");
  }
  if (headers_done_) return;  // trailers
  if (line.starts_with("HTTP/")) {
    const std::size_t space = line.find(' ');
    status_ =
        space == std::string_view::npos ? 0 : std::atoi(std::string(line.substr(space)).c_str());
    headers_ = {};
    return;
  }
  if (trimmed(line).empty()) {
    headers_done_ = status_ >= 200;  // those below announce another answer
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  headers_.add(std::string(trimmed(line.substr(0, colon))),
               std::string(trimmed(line.substr(colon + 1))));
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count,
                                    void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    transfer.take_header({data, size * count});
    return size * count;
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return 0;
  }
}

std::size_t CurlTransfer::on_write(char* data, std::size_t size, std::size_t count,
                                   void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer.has_bytes() && transfer.buffer_.size() + bytes > buffer_limit) {
    transfer.paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  try {
    const Bytes all = as_bytes({data, bytes});
    transfer.buffer_.insert(transfer.buffer_.end(), all.begin(), all.end());
    return bytes;
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return 0;
  }
}

std::size_t CurlTransfer::on_read(char* data, std::size_t size, std::size_t count,
                                  void* self) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    const std::size_t read =
        transfer.upload_->read(std::as_writable_bytes(std::span(data, size * count)));
    transfer.note_sent(static_cast<std::int64_t>(read));
    return read;
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

void CurlTransfer::note_sent(std::int64_t count) {
  sent_ += count;
  if (sent_ == request_.body->size) set(CURLOPT_LOW_SPEED_TIME, patience_after_body * timeout_);
}

// A connection that was kept may turn out closed; what was sent over it is sent again.
int CurlTransfer::on_seek(void* self, curl_off_t offset, int origin) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  // What is sent once may have arrived in part: its sender asks before it sends on.
  if (offset != 0 || origin != SEEK_SET || transfer.request_.once) return CURL_SEEKFUNC_FAIL;
  try {
    transfer.upload_ = transfer.request_.body->open();
    transfer.sent_ = 0;
    return CURL_SEEKFUNC_OK;
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return CURL_SEEKFUNC_FAIL;
  }
}

// The last word on where a name leads is the address that is connected to.
curl_socket_t CurlTransfer::on_socket(void* self, curlsocktype /*purpose*/,
                                      curl_sockaddr* address) noexcept {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  try {
    if (transfer.request_.led_from && !transfer.behind_proxy_ &&
        !may_lead(*transfer.request_.led_from, network_of(address->addr))) {
      throw forbidden_address(transfer.request_.url);
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return CURL_SOCKET_BAD;
  }
}

}  // namespace ocimux
