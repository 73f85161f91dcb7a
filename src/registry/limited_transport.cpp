#include "registry/limited_transport.hpp"

namespace ocimux {
namespace {

class LimitedSource final : public Source {
 public:
  LimitedSource(std::unique_ptr<Source> from, std::shared_ptr<RateLimit> limit,
                std::stop_token stop)
      : from_(std::move(from)), limit_(std::move(limit)), stop_(std::move(stop)) {}

  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = from_->read(into.first(limit_->piece(into.size())));
    if (count > 0) limit_->spend(count, stop_);
    return count;
  }

 private:
  std::unique_ptr<Source> from_;
  std::shared_ptr<RateLimit> limit_;
  std::stop_token stop_;
};

}  // namespace

Response LimitedTransport::send(const Request& request) {
  Request now = request;
  if (now.body) {
    now.body = Body{[open = request.body->open, limit = limit_, stop = request.stop] {
                      return std::make_unique<LimitedSource>(open(), limit, stop);
                    },
                    request.body->size};
  }
  Response answer = next_->send(now);
  answer.body = std::make_unique<LimitedSource>(std::move(answer.body), limit_, request.stop);
  return answer;
}

}  // namespace ocimux
