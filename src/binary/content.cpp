#include "binary/content.hpp"

#include "io/memory.hpp"

#include <algorithm>

namespace ocimux {

std::uint64_t Fields::number(std::size_t at, std::size_t count) const {
  if (at > bytes_.size() || bytes_.size() - at < count) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t next = order_ == ByteOrder::big ? at + i : at + count - 1 - i;
    value = value << 8U | std::to_integer<std::uint64_t>(bytes_[next]);
  }
  return value;
}

std::uint8_t Fields::u8(std::size_t at) const { return static_cast<std::uint8_t>(number(at, 1)); }

std::uint16_t Fields::u16(std::size_t at) const {
  return static_cast<std::uint16_t>(number(at, 2));
}

std::uint32_t Fields::u32(std::size_t at) const {
  return static_cast<std::uint32_t>(number(at, 4));
}

std::uint64_t Fields::u64(std::size_t at) const { return number(at, 8); }

std::string_view Fields::text(std::size_t at, std::size_t count) const {
  const std::string_view all = as_text(bytes_);
  return all.substr(std::min(at, all.size()), count);
}

std::string_view Fields::text(std::size_t at) const {
  const std::string_view rest = text(at, bytes_.size());
  const std::size_t end = rest.find('\0');
  return end == std::string_view::npos ? std::string_view() : rest.substr(0, end);
}

Fields Fields::part(std::size_t at, std::size_t count) const {
  const std::size_t from = std::min(at, bytes_.size());
  return Fields(bytes_.subspan(from, std::min(count, bytes_.size() - from)), order_);
}

Content::Content(const ReadAt& read, std::int64_t size)
    : read_(read), size_(static_cast<std::uint64_t>(std::max<std::int64_t>(size, 0))) {
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(front_.size(), size_));
  if (wanted > 0) {
    front_size_ = std::min(read_(std::span(front_).first(wanted), 0), wanted);
  }
}

Piece Content::piece(std::uint64_t offset, std::uint64_t count, ByteOrder order) const {
  if (offset >= size_) return {Bytes(), order};
  count = std::min({count, size_ - offset, std::uint64_t{piece_limit}});
  if (offset <= front_size_ && count <= front_size_ - offset) {
    return {front().subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(count)),
            order};
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(count));
  bytes.resize(std::min(read_(bytes, static_cast<std::int64_t>(offset)), bytes.size()));
  return {std::move(bytes), order};
}

}  // namespace ocimux
