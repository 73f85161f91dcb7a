#pragma once

#include <ocimux/digest/digest.hpp>
#include <ocimux/io/stream.hpp>

#include <filesystem>
#include <optional>

namespace ocimux {

/// The blobs of a layout as they lie on disk: `<root>/<algorithm>/<encoded>` (image-spec,
/// image-layout.md). Reading may run in many threads.
class BlobStore final {
 public:
  /// @p root is a layout's `blobs` directory.
  explicit BlobStore(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }
  [[nodiscard]] std::filesystem::path path_of(const Digest& digest) const;

  /// The size of the blob in bytes, or nothing when there is none. Throws Errc::corrupt for what
  /// is not a regular file: a link could hand out any file of the machine.
  [[nodiscard]] std::optional<std::int64_t> size_of(const Digest& digest) const;

  /// The blob's bytes, checked against @p digest and @p size as they are read.
  /// Throws Errc::not_found, or Errc::corrupt when the size on disk differs.
  [[nodiscard]] Body open(const Digest& digest, std::int64_t size) const;
  /// The same without the check of the content, for a reader who hashes it anyway.
  [[nodiscard]] Body open_unchecked(const Digest& digest, std::int64_t size) const;

 private:
  std::filesystem::path root_;
};

}  // namespace ocimux
