#include <ocimux/store/blob_store.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/descriptor.hpp>

#include "digest/digester.hpp"
#include "io/file.hpp"

#include <sys/stat.h>

#include <cerrno>

namespace ocimux {

std::filesystem::path BlobStore::path_of(const Digest& digest) const {
  return root_ / digest.algorithm() / digest.encoded();
}

std::optional<std::int64_t> BlobStore::size_of(const Digest& digest) const {
  const auto path = path_of(digest);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    throw Error::from_errno(errno, "examining " + path.string());
  }
  if (!S_ISREG(status.st_mode)) {
    throw Error(Errc::corrupt, path.string() + ": expected a regular file, found something else");
  }
  return status.st_size;
}

Body BlobStore::open(const Digest& digest, std::int64_t size) const {
  return verified(open_unchecked(digest, size), digest, size);
}

Body BlobStore::open_unchecked(const Digest& digest, std::int64_t size) const {
  const std::optional<std::int64_t> found = size_of(digest);
  if (!found) {
    throw Error(Errc::not_found,
                "expected the blob " + digest.string() + " in " + root_.string() + ", found none");
  }
  if (*found != size) throw_wrong_size(digest, size, *found);
  // Opened when it is read, not now: a layout may have more blobs than a process may have files.
  return {
      [path = path_of(digest), size] {
        return file_body(std::make_shared<const File>(File::open_regular(path)), 0, size).open();
      },
      size, path_of(digest)};
}

}  // namespace ocimux
