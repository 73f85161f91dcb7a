#pragma once

#include <ocimux/base/progress.hpp>

#include "registry/repository.hpp"
#include "registry/upload_journal.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ocimux {

/// A blob that is to be in a repository.
struct BlobUpload {
  Descriptor blob;  ///< digest and size
  Body body;        ///< its bytes, checked as they are read (see verified())
  std::vector<std::string> mount_from = {};  ///< repositories of the same registry that may have it
  std::int64_t part_size = 0;                ///< bytes; 0: in one piece where the registry takes it
  const UploadJournal* journal = nullptr;    ///< where a large one is noted while it is sent
  std::function<void(std::int64_t)> read = [](std::int64_t) {};  ///< told of bytes, once each
};

enum class BlobOutcome { sent, mounted };

/// Brings a blob into @p repository: mounted from another one where that works, else sent in one
/// piece. It is sent in parts when that is asked for, when the registry answers 413, and to go on
/// where an upload broke, be it one of an earlier process (then only the rest is sent). A registry
/// that refuses parts gets it in one piece again; one that forgot the upload, from the front. Each
/// MiB of progress earns as many attempts as the repository's policy has. No byte too many and no
/// wrong one completes an upload.
/// Throws what reading the body throws, and Errc::denied, Errc::not_found or Errc::network as the
/// registry answers.
BlobOutcome upload_blob(const Repository& repository, const BlobUpload& upload, Progress& progress);

}  // namespace ocimux
