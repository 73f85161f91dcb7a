#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>

#include "compress/codec.hpp"
#include "io/file.hpp"
#include "jobs/verify_contents.hpp"
#include "source/programs.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// What is to be found out of a blob.
struct BlobQuestions {
  std::string algorithm = {};           ///< of its digest; empty for one that has none
  std::set<std::string> diff_ids = {};  ///< algorithms of its DiffIDs; none: it is no layer
  bool windows = false;                 ///< an image for Windows has it
};

/// All there is to know of a blob after one pass over it.
struct BlobFacts {
  std::int64_t size = 0;
  std::optional<Digest> digest = {};
  std::map<std::string, Digest> diff_ids = {};  ///< by algorithm
  Codec codec = Codec::none;
  /// What kept it from being read, or unpacked, or read as a tar.
  std::optional<Error> unreadable = {};
  std::optional<Error> compression = {};
  std::optional<Error> tar = {};

  std::vector<LayerRemark> remarks = {};
  WindowsForm windows = {};
  PathSet paths = {};
  PathSet symlinks = {};
  std::map<std::string, std::string> open_links = {};
  Programs programs = {};
};

/// Reads @p body once, to its end. With more than one of @p threads, hashing has threads of its
/// own. Throws Errc::cancelled and Errc::network; all else is among the facts.
BlobFacts read_blob(const Body& body, const BlobQuestions& questions, std::size_t threads,
                    ProgressTask& task, const std::stop_token& stop);

/// Reads the headers of a root filesystem tar. Throws what TarReader does.
std::vector<LayerRemark> remarks_on(const std::shared_ptr<const File>& file,
                                    const std::stop_token& stop);

}  // namespace ocimux
