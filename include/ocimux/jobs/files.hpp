#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/digest/digest.hpp>
#include <ocimux/io/stream.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/platform.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

enum class FileKind { regular, directory, symlink, character, block, fifo };

/// `file`, `directory`, `symlink`, `character device`, `block device` or `fifo`.
std::string_view name_of(FileKind kind);

/// One path of an image's file system.
struct FileEntry {
  std::string path;  ///< begins with `/`, ends without one; the root is `/`. Any bytes but NUL
  FileKind kind = FileKind::regular;
  bool implied = false;    ///< a directory that no layer says, but something is in it
  std::uint32_t mode = 0;  ///< permission bits, with setuid, setgid and sticky
  std::int64_t uid = 0;
  std::int64_t gid = 0;
  std::int64_t size = 0;   ///< of a regular file, in bytes; else 0
  std::int64_t mtime = 0;  ///< whole seconds since 1970, rounded down
  std::uint32_t mtime_nanoseconds = 0;
  std::string link_target = {};   ///< of a symlink, as it stands there
  std::string hard_link_of = {};  ///< the first path of the same file, where this is another one
  std::int64_t device_major = 0;  ///< of a device
  std::int64_t device_minor = 0;
  std::map<std::string, std::string> xattrs = {};
  std::optional<Digest> digest = {};  ///< SHA-256 of the content; of regular files only
};

/// Whether the digests of contents are worked out.
enum class ContentDigests { computed, left_out };

/// What is meant by a path whose last part is a symlink.
enum class LastLink {
  shown,  ///< itself, as `ls -l` shows it, wherever it leads; with a slash behind it what is there
  followed,  ///< what it leads to
};

struct FilesOptions {
  std::string reference;                  ///< as docs/cli.md describes references
  std::optional<Platform> platform = {};  ///< which image; nothing: the only one there is
  /// Only what is there and below. Absolute or from the root; symlinks are followed inside the
  /// root, the last one as `last_link` says. In an image for Windows case makes no difference, and
  /// `\` and a `C:` in front are understood.
  std::string path = "/";
  ContentDigests digests = ContentDigests::computed;
  std::size_t jobs = 1;  ///< threads; the answer does not depend on it
  RegistryOptions registry = {};
  LastLink last_link = LastLink::shown;
};

/// The file system of one image: its layers over each other.
struct ImageFiles {
  std::string name;                       ///< of the input
  std::optional<Platform> platform = {};  ///< nothing where nothing says it
  std::optional<Digest> manifest = {};    ///< nothing where the image has none
  std::vector<FileEntry> entries = {};    ///< sorted; a directory comes before what is in it
};

/// Reads every layer of an image, checked against its digest and DiffID, and says what a container
/// of it would see as its file system; of an image for Windows without `Files/`, and what a layer
/// has beside that not at all. Costs less than a kilobyte a path, whatever the contents.
/// Throws Errc::not_found for an image, a layer or a path that is not there, Errc::conflict where
/// more than one image is meant.
ImageFiles read_files(const FilesOptions& options, Progress& progress = silent_progress(),
                      const std::stop_token& stop = {});

/// What a path leads to.
struct FileSearch {
  std::optional<FileEntry> found = {};  ///< nothing where nothing is there
  /// Then: how far the path leads, and names that are alike.
  std::string reason = {};
};

/// The file that `path` of @p options is or leads to, and nothing below it. Throws what
/// read_files() does, but not for a path that is not there.
FileSearch find_file(const FilesOptions& options, Progress& progress = silent_progress(),
                     const std::stop_token& stop = {});

struct CatOptions {
  std::string reference;  ///< this, platform and path as in FilesOptions; every link is followed
  std::optional<Platform> platform = {};
  std::string path = {};
  std::size_t jobs = 1;  ///< threads
  RegistryOptions registry = {};
};

/// Writes the content of a file of an image to @p to, and finishes it once all of the layer it is
/// in was read and checked. Reads the headers of all layers, and that layer once more: nothing but
/// paths is kept; @p progress is told of the first time. Throws what read_files() does, and
/// Errc::invalid_argument for what is no regular file.
void cat(const CatOptions& options, Sink& to, Progress& progress = silent_progress(),
         const std::stop_token& stop = {});

/// The same as text. Throws Errc::corrupt when it is longer than @p limit bytes.
std::string cat(const CatOptions& options, std::int64_t limit,
                Progress& progress = silent_progress(), const std::stop_token& stop = {});

}  // namespace ocimux
