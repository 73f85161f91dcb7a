#pragma once

#include <ocimux/io/stream.hpp>

#include <cstdint>
#include <functional>
#include <memory>

namespace ocimux {

/// Pieces of one body, for requests that each take a part of it. Whatever the body checks over its
/// whole length is checked: it is read from its front, and on from there as long as the pieces
/// follow each other; for a piece from further back it is opened anew. One piece is read at a time.
class Pieces final {
 public:
  /// @p read is told how far the body was read for the first time.
  Pieces(Body whole, std::function<void(std::int64_t)> read);

  /// The @p size bytes from @p offset on; valid as long as this object. May be opened again.
  [[nodiscard]] Body piece(std::int64_t offset, std::int64_t size);

 private:
  class Piece;
  void go_to(std::int64_t offset);
  [[nodiscard]] std::size_t read(std::span<std::byte> into);

  Body whole_;
  std::function<void(std::int64_t)> told_;
  std::unique_ptr<Source> source_;
  std::int64_t at_ = 0;
  std::int64_t furthest_ = 0;
};

}  // namespace ocimux
