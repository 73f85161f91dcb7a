#pragma once

#include <ocimux/spec/documents.hpp>
#include <ocimux/store/blob_store.hpp>

#include <filesystem>
#include <string>

namespace ocimux {

/// An OCI image layout in a directory, as it was when it was opened: image-spec, image-layout.md.
class Layout final {
 public:
  /// Throws Errc::not_found when there is no such directory, Errc::corrupt or Errc::unsupported
  /// when it is no layout of version 1.0.0, or leads out of itself by a link.
  static Layout open(const std::filesystem::path& directory);

  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  [[nodiscard]] const Index& index() const { return index_; }
  [[nodiscard]] const BlobStore& blobs() const { return blobs_; }

 private:
  Layout(std::filesystem::path directory, Index index)
      : directory_(std::move(directory)), index_(std::move(index)), blobs_(directory_ / "blobs") {}

  std::filesystem::path directory_;
  Index index_;
  BlobStore blobs_;
};

}  // namespace ocimux
