#pragma once

#include <ocimux/io/stream.hpp>

#include "io/memory.hpp"

#include <archive.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// Throws Errc::corrupt.
[[noreturn]] void throw_large_header();

/// What libarchive's read callback is given to read from a Source. libarchive wants whole blocks,
/// engines do not: where the stream ends in the middle of one, zeros make it whole, and `end` says
/// where they begin. Its address must not change while a reader holds it.
struct Pulled {
  static constexpr std::size_t block = 512;
  static constexpr std::size_t piece = 256 * block;

  std::unique_ptr<Source> from;
  std::vector<std::byte> buffer = std::vector<std::byte>(piece);
  std::int64_t position = 0;             ///< of the end of `have`, in the stream
  std::int64_t limit = INT64_MAX;        ///< of that position: beyond it nothing is given
  std::string before = {};               ///< what was handed over before `have` under a limit
  std::int64_t end = INT64_MAX;          ///< of the stream, once it was come to
  Bytes have = {};                       ///< what was handed over last
  std::exception_ptr failure = nullptr;  ///< parked: exceptions must not cross C frames

  /// Fills the buffer, to its end unless the stream ends.
  Bytes pull() {
    std::size_t count = 0;
    while (count < buffer.size()) {
      const std::size_t more = from->read(std::span(buffer).subspan(count));
      if (more == 0) break;
      count += more;
    }
    if (count < buffer.size()) count += fill(count);
    position += static_cast<std::int64_t>(count);
    have = Bytes(buffer).first(count);
    return have;
  }

  /// The bytes from @p begin up to @p until, as far back as `before` goes.
  [[nodiscard]] std::string between(std::int64_t begin, std::int64_t until) const {
    const std::int64_t start = position - static_cast<std::int64_t>(have.size());
    if (begin >= start) return cut(as_text(have), begin - start, until - begin);
    const std::int64_t back = start - static_cast<std::int64_t>(before.size());
    return cut(before + std::string(as_text(have)), std::max(begin, back) - back, until - begin);
  }

  /// What of `have` stands at @p begin and behind it.
  [[nodiscard]] Bytes from_there(std::int64_t begin) const {
    const std::int64_t start = position - static_cast<std::int64_t>(have.size());
    const auto at =
        std::clamp<std::int64_t>(begin - start, 0, static_cast<std::int64_t>(have.size()));
    return have.subspan(static_cast<std::size_t>(at));
  }

  static la_ssize_t on_read(archive* /*reader*/, void* data, const void** bytes) noexcept {
    auto& pulled = *static_cast<Pulled*>(data);
    try {
      if (pulled.position >= pulled.limit) throw_large_header();
      if (pulled.limit != INT64_MAX) pulled.before += as_text(pulled.have);
      *bytes = pulled.pull().data();
      return static_cast<la_ssize_t>(pulled.have.size());
    } catch (...) {
      pulled.failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

 private:
  static std::string cut(std::string_view text, std::int64_t from_there, std::int64_t length) {
    const auto at = std::min(static_cast<std::size_t>(from_there), text.size());
    return std::string(text.substr(at, static_cast<std::size_t>(length)));
  }

  /// Makes the last block whole, of which @p count bytes and other blocks stand in the buffer.
  /// Says how many bytes it took.
  std::size_t fill(std::size_t count) {
    end = std::min(end, position + static_cast<std::int64_t>(count));
    const std::size_t zeros = (block - count % block) % block;
    std::fill_n(buffer.begin() + static_cast<std::ptrdiff_t>(count), zeros, std::byte{});
    return zeros;
  }
};

}  // namespace ocimux
