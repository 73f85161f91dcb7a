#pragma once

#include <ocimux/io/stream.hpp>

#include <archive.h>

#include <exception>
#include <memory>
#include <vector>

namespace ocimux {

/// Throws Errc::corrupt.
[[noreturn]] void throw_large_header();

/// What libarchive's read callback is given to read from a Source. Its address must not change
/// while a reader holds it.
struct Pulled {
  static constexpr std::size_t piece = std::size_t{128} * 1024;

  std::unique_ptr<Source> from;
  std::vector<std::byte> buffer = std::vector<std::byte>(piece);
  std::int64_t position = 0;             ///< of the end of `have`, in the stream
  std::int64_t limit = INT64_MAX;        ///< of that position: beyond it nothing is given
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
    position += static_cast<std::int64_t>(count);
    have = Bytes(buffer).first(count);
    return have;
  }

  static la_ssize_t on_read(archive* /*reader*/, void* data, const void** bytes) noexcept {
    auto& pulled = *static_cast<Pulled*>(data);
    try {
      if (pulled.position >= pulled.limit) throw_large_header();
      *bytes = pulled.pull().data();
      return static_cast<la_ssize_t>(pulled.have.size());
    } catch (...) {
      pulled.failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }
};

}  // namespace ocimux
