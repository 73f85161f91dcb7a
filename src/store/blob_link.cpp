#include "store/blob_link.hpp"

#include "io/directory.hpp"
#include "store/ingest_name.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <utility>

namespace ocimux {
namespace {

bool clone(const File& from, const File& to) {
  return ::ioctl(to.descriptor(), FICLONE, from.descriptor()) == 0;  // NOLINT(*-vararg)
}

// A name keeps owner, group and mode; where a copy would have others, it is no substitute.
bool is_like_a_copy(const File& original, const File& copy) {
  const struct stat a = original.status();
  const struct stat b = copy.status();
  return a.st_dev == b.st_dev && a.st_uid == b.st_uid && a.st_gid == b.st_gid &&
         a.st_mode == b.st_mode;
}

// By the number of the open file, not by its name: what was looked at is what gets the name.
bool give_name(const File& file, const std::filesystem::path& path) {
  const std::string open_file = "/proc/self/fd/" + std::to_string(file.descriptor());
  return ::linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) == 0;
}

}  // namespace

std::optional<BlobLink> BlobLink::make(const BlobStore& store, const std::filesystem::path& ingest,
                                       const std::filesystem::path& from, Sharing sharing) {
  auto original = std::make_shared<const File>(File::open_regular(from));
  const auto path = unused_name(ingest);
  auto made = std::make_shared<const File>(File::create(path));
  BlobLink link(store, path, made);  // from here on the file goes with it
  if (clone(*original, *made)) return link;
  if (sharing == Sharing::clones || !is_like_a_copy(*original, *made)) return std::nullopt;
  remove_tree(path);
  if (!give_name(*original, path)) return std::nullopt;
  link.file_ = std::move(original);
  return link;
}

BlobLink::BlobLink(BlobLink&& other) noexcept
    : store_(other.store_), path_(std::exchange(other.path_, {})), file_(std::move(other.file_)) {}

BlobLink::~BlobLink() {
  if (!path_.empty()) remove_tree(path_);
}

// The file's own name stays when the target is another name of the same file: rename() does
// nothing then.
void BlobLink::commit(const Digest& digest) {
  const auto target = store_.path_of(digest);
  make_directories(target.parent_path());
  rename_path(path_, target);
  remove_tree(std::exchange(path_, {}));
}

}  // namespace ocimux
