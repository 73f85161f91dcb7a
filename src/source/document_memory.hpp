#pragma once

#include <cstddef>

namespace ocimux {

/// Counts the documents that are read of one input. Each may have 4 MiB, and an index can list one
/// manifest for any number of platforms, each of them an image of its own.
class DocumentMemory final {
 public:
  /// What an input may have of them together, in bytes: real images have some KiB each.
  static constexpr std::size_t most_bytes = std::size_t{256} << 20;

  explicit DocumentMemory(std::size_t most = most_bytes) : left_(most), most_(most) {}

  /// @p bytes more were read. Throws Errc::corrupt when that becomes too much.
  void count(std::size_t bytes);

 private:
  std::size_t left_;
  std::size_t most_;
};

}  // namespace ocimux
