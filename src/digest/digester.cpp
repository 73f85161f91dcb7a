#include "digest/digester.hpp"

#include <ocimux/base/error.hpp>

#include <utility>

namespace ocimux {
namespace {

class VerifiedSource final : public Source {
 public:
  VerifiedSource(std::unique_ptr<Source> from, Digest digest, std::int64_t size)
      : from_(std::move(from)),
        digest_(std::move(digest)),
        left_(size),
        size_(size),
        hasher_(digest_.algorithm()) {}

  std::size_t read(std::span<std::byte> into) override {
    if (done_) return 0;
    const std::size_t count = from_->read(into);
    left_ -= static_cast<std::int64_t>(count);
    if (left_ < 0 || (count == 0 && left_ != 0)) {
      throw Error(Errc::corrupt, digest_.string() + ": expected " + std::to_string(size_) +
                                     " bytes, found " + (left_ < 0 ? "more" : "") +
                                     (left_ > 0 ? std::to_string(size_ - left_) : ""));
    }
    if (!found_) hasher_.update(Bytes(into).first(count));
    // Before the last bytes are handed out: whoever sends them on must not complete what is wrong.
    if (left_ == 0) check();
    done_ = count == 0;
    return count;
  }

 private:
  void check() {
    if (!found_) found_ = hasher_.digest();
    if (*found_ != digest_) {
      throw Error(Errc::corrupt, "expected content with digest " + digest_.string() +
                                     ", found content with digest " + found_->string());
    }
  }

  std::unique_ptr<Source> from_;
  Digest digest_;
  std::int64_t left_;
  std::int64_t size_;
  Hasher hasher_;
  std::optional<Digest> found_;  // a hasher tells it only once, and a failed check must stay failed
  bool done_ = false;
};

}  // namespace

void Digester::write(Bytes bytes) {
  hasher_.update(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  next_.write(bytes);
}

void Digester::finish() {
  digest_ = hasher_.digest();
  next_.finish();
}

Body verified(Body body, const Digest& digest, std::int64_t size) {
  return {.open = [open = std::move(body.open), digest,
                   size] { return std::make_unique<VerifiedSource>(open(), digest, size); },
          .size = size,
          .remote = body.remote};
}

}  // namespace ocimux
