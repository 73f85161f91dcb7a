#include "store/blob_writer.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"

#include <atomic>
#include <string>

namespace ocimux {
namespace {

std::filesystem::path unused_name(const std::filesystem::path& directory) {
  static std::atomic<std::uint64_t> serial = 0;
  return directory / std::to_string(serial.fetch_add(1));
}

}  // namespace

BlobWriter::BlobWriter(const BlobStore& store, const std::filesystem::path& ingest,
                       std::string_view algorithm)
    : store_(store), path_(unused_name(ingest)), file_(File::create(path_)), hasher_(algorithm) {}

BlobWriter::~BlobWriter() {
  if (path_.empty()) return;
  remove_tree(path_);
}

void BlobWriter::write(Bytes bytes) {
  hasher_.update(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  file_->write(bytes);
}

Blob BlobWriter::commit() {
  Blob blob{hasher_.digest(), size_};
  publish(blob.digest);
  return blob;
}

void BlobWriter::commit(const Digest& expected, std::int64_t size) {
  if (size_ != size) throw_wrong_size(expected, size, size_);
  const Digest found = hasher_.digest();
  if (found != expected) {
    throw Error(Errc::corrupt, "expected content with digest " + expected.string() +
                                   ", found content with digest " + found.string());
  }
  publish(found);
}

void BlobWriter::publish(const Digest& digest) {
  file_->sync();
  file_.reset();
  const auto target = store_.path_of(digest);
  make_directories(target.parent_path());
  rename_path(path_, target);
  path_.clear();
}

}  // namespace ocimux
