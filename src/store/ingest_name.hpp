#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

namespace ocimux {

/// A name for an unfinished blob that nothing else of this process has in @p directory.
inline std::filesystem::path unused_name(const std::filesystem::path& directory) {
  static std::atomic<std::uint64_t> serial = 0;
  return directory / std::to_string(serial.fetch_add(1));
}

}  // namespace ocimux
