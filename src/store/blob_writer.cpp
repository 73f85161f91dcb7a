#include "store/blob_writer.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "store/ingest_name.hpp"

namespace ocimux {

BlobWriter::BlobWriter(const BlobStore& store, const std::filesystem::path& ingest,
                       const BlobOptions& options)
    : store_(store),
      path_(unused_name(ingest)),
      file_(File::create(path_)),
      writing_(file_, options.durability),
      digester_(nowhere_, options.algorithm),
      hashing_(digester_, options.threads) {}

BlobWriter::~BlobWriter() {
  if (path_.empty()) return;
  remove_tree(path_);
}

void BlobWriter::write(Bytes bytes) {
  hashing_.write(bytes);
  writing_.write(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
}

Blob BlobWriter::commit() {
  hashing_.finish();
  Blob blob{digester_.digest(), size_};
  publish(blob.digest);
  return blob;
}

void BlobWriter::commit(const Digest& expected, std::int64_t size) {
  if (size_ != size) throw_wrong_size(expected, size, size_);
  hashing_.finish();
  if (digester_.digest() != expected) {
    throw Error(Errc::corrupt, "expected content with digest " + expected.string() +
                                   ", found content with digest " + digester_.digest().string());
  }
  publish(expected);
}

void BlobWriter::publish(const Digest& digest) {
  writing_.finish();
  file_.close();
  const auto target = store_.path_of(digest);
  make_directories(target.parent_path());
  rename_path(path_, target);
  path_.clear();
}

}  // namespace ocimux
