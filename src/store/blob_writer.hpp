#pragma once

#include <ocimux/spec/descriptor.hpp>
#include <ocimux/store/blob_store.hpp>

#include "digest/digester.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "io/relay.hpp"

#include <optional>
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
  std::optional<File> file_;
  FileSink writing_;
  NullSink nowhere_;
  Digester digester_;
  std::optional<Relay> relay_;
  Sink& hashing_;
  std::int64_t size_ = 0;
};

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
