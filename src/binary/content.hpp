#pragma once

#include "binary/executable.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace ocimux {

enum class ByteOrder { little, big };

/// Numbers within bytes nobody vouches for: what lies outside is 0, or empty.
class Fields {
 public:
  explicit Fields(Bytes bytes, ByteOrder order = ByteOrder::little)
      : bytes_(bytes), order_(order) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::uint8_t u8(std::size_t at) const;
  [[nodiscard]] std::uint16_t u16(std::size_t at) const;
  [[nodiscard]] std::uint32_t u32(std::size_t at) const;
  [[nodiscard]] std::uint64_t u64(std::size_t at) const;
  /// At most @p count bytes from @p at on, as they are.
  [[nodiscard]] std::string_view text(std::size_t at, std::size_t count) const;
  /// The text from @p at up to a NUL; empty where there is none.
  [[nodiscard]] std::string_view text(std::size_t at) const;
  /// At most @p count bytes from @p at on.
  [[nodiscard]] Fields part(std::size_t at, std::size_t count) const;

 private:
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t count) const;

  Bytes bytes_;
  ByteOrder order_;
};

/// Fields that own their bytes, or look into the front of a Content that outlives them.
class Piece final : public Fields {
 public:
  Piece(Bytes bytes, ByteOrder order) : Fields(bytes, order) {}
  Piece(std::vector<std::byte> bytes, ByteOrder order)
      : Fields(Bytes(bytes), order),
        bytes_(std::move(bytes)) {}  // a vector moves without its bytes
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;
  Piece(Piece&&) = default;
  Piece& operator=(Piece&&) = delete;
  ~Piece() = default;

 private:
  std::vector<std::byte> bytes_;
};

/// The content of a file, by position. The first read fetches the front, where nearly all is.
class Content final {
 public:
  /// No piece is longer, whatever a file says of its size.
  static constexpr std::size_t piece_limit = std::size_t{64} << 10U;

  Content(const ReadAt& read, std::int64_t size);

  [[nodiscard]] Bytes front() const { return Bytes(front_).first(front_size_); }
  /// As much of these @p count bytes as the file has, and piece_limit allows.
  [[nodiscard]] Piece piece(std::uint64_t offset, std::uint64_t count, ByteOrder order) const;

 private:
  const ReadAt& read_;
  std::uint64_t size_;
  std::array<std::byte, 4096> front_{};
  std::size_t front_size_ = 0;
};

}  // namespace ocimux
