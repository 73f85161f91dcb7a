#pragma once

#include "io/file.hpp"
#include "tar/pulled.hpp"

#include <archive.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <vector>

namespace ocimux {

/// What libarchive's callbacks are given to read from a file by position, in which content that
/// nobody wants is passed over. Its address must not change while a reader holds it.
struct PulledFile {
  static constexpr std::size_t piece = std::size_t{8} * 1024;

  std::shared_ptr<const File> file;
  std::int64_t size;
  std::int64_t position = 0;
  std::int64_t limit = INT64_MAX;  ///< of that position: beyond it nothing is read
  std::vector<std::byte> buffer = std::vector<std::byte>(piece);
  std::exception_ptr failure = nullptr;  ///< parked: exceptions must not cross C frames

  static la_ssize_t on_read(archive* /*reader*/, void* data, const void** bytes) noexcept {
    auto& client = *static_cast<PulledFile*>(data);
    try {
      if (client.position >= client.limit) throw_large_header();
      const std::size_t count = client.file->read_at(client.buffer, client.position);
      client.position += static_cast<std::int64_t>(count);
      *bytes = client.buffer.data();
      return static_cast<la_ssize_t>(count);
    } catch (...) {
      client.failure = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  static la_int64_t on_skip(archive* /*reader*/, void* data, la_int64_t request) noexcept {
    auto& client = *static_cast<PulledFile*>(data);
    const std::int64_t count = std::clamp<std::int64_t>(request, 0, client.size - client.position);
    client.position += count;
    return count;
  }
};

}  // namespace ocimux
