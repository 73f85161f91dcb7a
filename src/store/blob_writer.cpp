#include "store/blob_writer.hpp"

#include <ocimux/base/error.hpp>

#include "io/directory.hpp"
#include "store/ingest_name.hpp"

namespace ocimux {
namespace {

// Often enough that the disk is kept busy, seldom enough that the calls do not count.
constexpr std::int64_t write_back_step = 8 << 20;

}  // namespace

BlobWriter::BlobWriter(const BlobStore& store, const std::filesystem::path& ingest,
                       const BlobOptions& options)
    : store_(store),
      path_(unused_name(ingest)),
      durability_(options.durability),
      file_(File::create(path_)),
      digester_(nowhere_, options.algorithm),
      hashing_(options.threads > 1 ? relay_.emplace(digester_) : static_cast<Sink&>(digester_)) {}

BlobWriter::~BlobWriter() {
  if (path_.empty()) return;
  remove_tree(path_);
}

void BlobWriter::write(Bytes bytes) {
  hashing_.write(bytes);
  file_->write(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  if (durability_ == Durability::kill || size_ - writing_back_ < write_back_step) return;
  file_->start_write_back(writing_back_, size_ - writing_back_);
  writing_back_ = size_;
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
  if (durability_ == Durability::power_loss) {
    file_->start_write_back(writing_back_, size_ - writing_back_);
  }
  file_.reset();
  const auto target = store_.path_of(digest);
  make_directories(target.parent_path());
  rename_path(path_, target);
  path_.clear();
}

}  // namespace ocimux
