#pragma once

#include <ocimux/store/blob_store.hpp>

#include "io/file.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace ocimux {

/// A file that is to become a blob without being copied: a clone of it that shares its blocks
/// (which a file system with copy-on-write makes), or another name for it.
class BlobLink final {
 public:
  enum class Sharing { clones, clones_and_names };

  /// Nothing where neither is possible or @p sharing forbids it; then the file must be copied.
  /// A second name is given only to what a copy would be like: same owner, group and mode.
  static std::optional<BlobLink> make(const BlobStore& store, const std::filesystem::path& ingest,
                                      const std::filesystem::path& from, Sharing sharing);
  BlobLink(BlobLink&& other) noexcept;
  BlobLink& operator=(BlobLink&&) = delete;
  ~BlobLink();

  /// The bytes that will be the blob's, to be checked before commit().
  [[nodiscard]] Body body() const { return file_body(file_, 0, file_->size()); }
  void commit(const Digest& digest);

 private:
  BlobLink(const BlobStore& store, std::filesystem::path path, std::shared_ptr<const File> file)
      : store_(store), path_(std::move(path)), file_(std::move(file)) {}

  const BlobStore& store_;
  std::filesystem::path path_;
  std::shared_ptr<const File> file_;
};

}  // namespace ocimux
