#pragma once

#include <ocimux/spec/descriptor.hpp>
#include <ocimux/store/blob_store.hpp>

#include "digest/digester.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "io/relay.hpp"

#include <string_view>

namespace ocimux {

/// A blob that was written: its name and its size in bytes.
struct Blob {
  Digest digest;
  std::int64_t size = 0;
};

/// How blobs get into a store.
struct BlobOptions {
  std::string_view algorithm = "sha256";
  /// With more than one, hashing has a thread of its own, beside the one that writes.
  std::size_t threads = 1;
  /// With Durability::power_loss, writing back to the disk starts while the blob is still
  /// written, so that syncing it later has little left to do.
  Durability durability = Durability::power_loss;
};

/// Writes one blob into a store, where it appears whole under its digest, or not at all. Until
/// commit() there is only a file in the store's `ingest` directory, which goes with this object.
/// Does not sync: whoever publishes the store syncs all of it at once.
class BlobWriter final : public Sink {
 public:
  /// @p ingest is a directory on the same file system as @p store, for unfinished blobs.
  BlobWriter(const BlobStore& store, const std::filesystem::path& ingest,
             const BlobOptions& options = {});
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
  File file_;
  FileSink writing_;
  NullSink nowhere_;
  Digester digester_;
  Relay hashing_;
  std::int64_t size_ = 0;
};

}  // namespace ocimux
