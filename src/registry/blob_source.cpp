#include "registry/blob_source.hpp"

#include <ocimux/base/error.hpp>

#include "registry/answer.hpp"
#include "registry/repository.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

// Progress worth as many attempts as there were at first: a link that breaks every few minutes
// gets a large layer through all the same.
constexpr std::int64_t worth_new_attempts = 1 << 20;

class BlobSource final : public Source {
 public:
  explicit BlobSource(BlobRequest blob) : blob_(std::move(blob)) {}

  std::size_t read(std::span<std::byte> into) override {
    return within(blob_.name, [&] { return read_on(into); });
  }

 private:
  std::size_t read_on(std::span<std::byte> into) {
    for (;;) {
      if (complete_) return 0;
      try {
        if (!response_) ask();
        const std::size_t count = response_->body->read(into);
        // Less than there should be is a broken connection, too, whoever closed it.
        if (count == 0 && at_ < blob_.size) {
          throw TransferError(TransferError::Kind::broken,
                              "the connection was closed after " + std::to_string(at_) + " of " +
                                  std::to_string(blob_.size) + " bytes");
        }
        advance(count);
        return count;
      } catch (const TransferError& error) {
        // How a connection ends is nobody's business once everything has come.
        if (response_ && at_ == blob_.size) complete_ = true;
        if (!complete_) recover(error);
      }
    }
  }

  void advance(std::size_t count) {
    at_ += static_cast<std::int64_t>(count);
    if (at_ > blob_.size) {
      throw Error(Errc::corrupt, "expected " + std::to_string(blob_.size) + " bytes, found more");
    }
    if (at_ - at_attempt_ >= worth_new_attempts) attempts_ = 0;
  }

  void recover(const TransferError& error) {
    response_.reset();
    if (!error.may_pass() || attempts_ >= blob_.retry.retries) throw placed(network_error(error));
    ++attempts_;
    at_attempt_ = at_;
    blob_.retry.wait(blob_.retry.backoff.delay(attempts_, random_fraction()), blob_.request.stop);
  }

  void ask() {
    Request request = blob_.request;
    if (at_ > 0) request.headers.set("Range", "bytes=" + std::to_string(at_) + "-");
    Response response = send(request);
    if (response.status == 206 && at_ > 0) {
      check_range(response.headers.find("Content-Range"));
    } else if (response.status == 200) {
      pass_over(response, at_);
    } else if (response.status == 416 && at_ > 0) {
      throw Error(Errc::corrupt, "expected " + std::to_string(blob_.size) + " bytes, found " +
                                     std::to_string(at_) + " and no more (status 416)");
    } else {
      throw placed(refusal_of(response, "this blob"));
    }
    response_ = std::move(response);
  }

  // What the transport could not send with all its own attempts is not sent again: only a body
  // that breaks off is asked for once more.
  [[nodiscard]] Response send(const Request& request) const {
    try {
      return blob_.transport->send(request);
    } catch (const TransferError& error) {
      throw placed(network_error(error));
    }
  }

  /// @p error, saying how much had come before it.
  [[nodiscard]] Error placed(const Error& error) const {
    if (at_ == 0) return error;
    return error.within("after " + std::to_string(at_) + " of " + std::to_string(blob_.size) +
                        " bytes");
  }

  void check_range(std::string_view range) const {
    const std::string expected = "bytes " + std::to_string(at_) + "-";
    if (range.starts_with(expected)) return;
    throw Error(Errc::corrupt,
                "expected '" + expected + "…' to be sent, found '" + shown(range) + "'");
  }

  // A registry may not know Range. What comes again is not compared: all of it is checked against
  // the digest by whoever reads.
  static void pass_over(Response& response, std::int64_t count) {
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    while (count > 0) {
      const auto room = static_cast<std::size_t>(
          std::min<std::int64_t>(count, static_cast<std::int64_t>(buffer.size())));
      const std::size_t got = response.body->read(std::span(buffer).first(room));
      if (got == 0) throw TransferError(TransferError::Kind::broken, "the connection was closed");
      count -= static_cast<std::int64_t>(got);
    }
  }

  BlobRequest blob_;
  std::optional<Response> response_;
  std::int64_t at_ = 0;
  std::int64_t at_attempt_ = 0;
  int attempts_ = 0;
  bool complete_ = false;
};

}  // namespace

std::unique_ptr<Source> open_blob(const BlobRequest& blob) {
  return std::make_unique<BlobSource>(blob);
}

}  // namespace ocimux
