#include "registry/pieces.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ocimux {

class Pieces::Piece final : public Source {
 public:
  Piece(Pieces& pieces, std::int64_t size) : pieces_(pieces), left_(size) {}

  std::size_t read(std::span<std::byte> into) override {
    const auto room = static_cast<std::size_t>(
        std::min<std::int64_t>(left_, static_cast<std::int64_t>(into.size())));
    if (room == 0) return 0;
    const std::size_t count = pieces_.read(into.first(room));
    left_ -= static_cast<std::int64_t>(count);
    return count;
  }

 private:
  Pieces& pieces_;
  std::int64_t left_;
};

Pieces::Pieces(Body whole, std::function<void(std::int64_t)> read)
    : whole_(std::move(whole)), told_(std::move(read)) {}

Body Pieces::piece(std::int64_t offset, std::int64_t size) {
  return {.open = [this, offset, size]() -> std::unique_ptr<Source> {
            go_to(offset);
            return std::make_unique<Piece>(*this, size);
          },
          .size = size};
}

void Pieces::go_to(std::int64_t offset) {
  if (!source_ || at_ > offset) {
    source_ = whole_.open();
    at_ = 0;
  }
  std::vector<std::byte> skipped(
      static_cast<std::size_t>(std::min<std::int64_t>(offset - at_, std::int64_t{256} * 1024)));
  while (at_ < offset) {
    const auto room = static_cast<std::size_t>(
        std::min<std::int64_t>(offset - at_, static_cast<std::int64_t>(skipped.size())));
    static_cast<void>(read(std::span(skipped).first(room)));
  }
}

std::size_t Pieces::read(std::span<std::byte> into) {
  const std::size_t count = source_->read(into);
  if (count == 0) {
    throw Error(Errc::corrupt,
                "expected " + std::to_string(whole_.size) + " bytes, found " + std::to_string(at_));
  }
  at_ += static_cast<std::int64_t>(count);
  if (at_ > furthest_) told_(at_ - std::exchange(furthest_, at_));
  return count;
}

}  // namespace ocimux
