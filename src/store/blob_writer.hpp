#pragma once

#include <ocimux/spec/descriptor.hpp>
#include <ocimux/store/blob_store.hpp>

#include "digest/hasher.hpp"
#include "io/file.hpp"

#include <optional>
#include <string_view>

namespace ocimux {

/// A blob that was written: its name and its size in bytes.
struct Blob {
  Digest digest;
  std::int64_t size = 0;
};

/// Writes one blob into a store, where it appears whole under its digest, or not at all.
/// Until commit() there is only a file in the store's `ingest` directory, which goes with this
/// object.
class BlobWriter final : public Sink {
 public:
  /// @p ingest is a directory on the same file system as @p store, for unfinished blobs.
  BlobWriter(const BlobStore& store, const std::filesystem::path& ingest,
             std::string_view algorithm = "sha256");
  ~BlobWriter() override;

  void write(Bytes bytes) override;
  void finish() override {}

  /// Publishes what was written.
  Blob commit();
  /// Publishes it if it is what @p expected names; else Errc::corrupt, and nothing is published.
  void commit(const Digest& expected, std::int64_t size);

 private:
  void publish(const Digest& digest);

  const BlobStore& store_;
  std::filesystem::path path_;
  std::optional<File> file_;
  Hasher hasher_;
  std::int64_t size_ = 0;
};

}  // namespace ocimux
