#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace ocimux {

/// One entry of a tar archive, as its headers describe it.
struct TarMember {
  enum class Kind { regular, hard_link, symlink, character, block, directory, fifo };

  std::string path;  ///< without leading `./` and trailing `/`; empty for the root itself
  Kind kind = Kind::regular;
  std::int64_t size = 0;           ///< bytes of content (of the expanded file, if sparse)
  std::int64_t header_offset = 0;  ///< where its first header begins, extension headers included
  std::int64_t data_offset = 0;    ///< where its content begins; nothing useful if sparse
  bool sparse = false;             ///< the content is stored with holes left out
  /// The type in its headers where engines refuse it, or take a directory for a file by it.
  std::optional<char> odd_type = {};
  std::uint32_t mode = 0;  ///< permission bits, with setuid, setgid and sticky
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t mtime = 0;              ///< whole seconds since 1970, rounded down
  std::int64_t mtime_nanoseconds = 0;  ///< to be added to it, also before 1970
  std::string link_target;  ///< verbatim for a symlink, a path like `path` for a hard link
  std::int64_t device_major = 0;
  std::int64_t device_minor = 0;
  std::map<std::string, std::string> xattrs = {};
  /// When it was read, its attributes were changed and it was made, to compare; empty for none.
  std::string other_times = {};
  std::string owner_names = {};  ///< of user and group, to compare; numbers are what counts

  // Only written, never read:
  std::map<std::string, std::string> records = {};  ///< further pax records, by key
  std::uint32_t type_bits = 0;  ///< bits above the permissions to be put in the mode field
};

}  // namespace ocimux
