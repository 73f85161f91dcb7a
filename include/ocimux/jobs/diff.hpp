#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/files.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/descriptor.hpp>

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

struct DiffOptions {
  std::string before;  ///< as docs/cli.md describes references
  std::string after;
  std::vector<Platform> platforms = {};  ///< exactly these; none: all there are
  std::size_t jobs = 1;                  ///< threads; the answer does not depend on it
  RegistryOptions registry = {};
};

/// A value of a document that only one has, or that they have differently.
struct ValueDifference {
  /// Where it stands: `config.Env.PATH`, `annotations["a.b"]`; `form` when the documents say the
  /// same in another order, or with other white space.
  std::string name;
  std::optional<std::string> before = {};  ///< text as it is, all else as compact JSON
  std::optional<std::string> after = {};
  bool time = false;  ///< points in time and nothing else; `created` also where one has none
};

/// How two layers are alike.
enum class LayerRelation {
  only_before,
  only_after,
  gzip_time,       ///< the same but for the time in the header of gzip
  same_content,    ///< the same DiffID: the same tar, compressed otherwise
  same_but_times,  ///< the same members in the same order, but for their times
  /// The same members in the same order, perhaps with other times; their headers are written
  /// otherwise, too: in another format, or with other names of owners.
  same_members,
  other,
};

struct LayerDifference {
  LayerRelation relation = LayerRelation::other;
  std::optional<std::size_t> place_before = {};  ///< from 0, the lowest
  std::optional<std::size_t> place_after = {};
  std::optional<Descriptor> before = {};  ///< nothing in an image without a manifest
  std::optional<Descriptor> after = {};
  std::optional<Digest> diff_id_before = {};
  std::optional<Digest> diff_id_after = {};
};

/// In what two files under one path differ. `links`: which other paths are the same file.
enum class FileAspect { kind, content, mode, owner, target, device, xattrs, links, time };

std::string_view name_of(FileAspect aspect);

/// A path of the file systems that only one has, or that they have differently.
struct FileDifference {
  std::optional<FileEntry> before = {};
  std::optional<FileEntry> after = {};
  std::vector<FileAspect> aspects = {};  ///< of one that both have, in the order above

  [[nodiscard]] const std::string& path() const { return before ? before->path : after->path; }
  [[nodiscard]] bool only_time() const {
    return aspects.size() == 1 && aspects.front() == FileAspect::time;
  }
};

/// An image for one platform that both have, but differently.
struct ImageDifference {
  std::optional<Platform> platform = {};  ///< nothing where nothing says it
  std::optional<Digest> before = {};      ///< its manifest; nothing where it has none
  std::optional<Digest> after = {};
  std::vector<ValueDifference> descriptor = {};  ///< in its index, but for digest and size
  std::vector<ValueDifference> manifest = {};    ///< but for digests and sizes
  std::vector<ValueDifference> config = {};      ///< but for DiffIDs
  std::vector<LayerDifference> layers = {};
  std::vector<FileDifference> files = {};  ///< sorted; of images whose layers hold other bytes

  [[nodiscard]] bool empty() const;
};

/// What is said of an image by attestations: BuildKit's provenance and SBOMs.
struct AttestationDifference {
  enum class Kind { only_before, only_after, other_content };

  std::optional<Platform> platform = {};  ///< of the image it speaks of
  std::string predicate;                  ///< its type
  Kind kind = Kind::other_content;        ///< other content is told where the image is the same
};

struct Diff {
  std::string before;  ///< names of the inputs
  std::string after;
  std::optional<Digest> digest_before = {};  ///< of the one index or image there is
  std::optional<Digest> digest_after = {};
  std::size_t images = 0;  ///< that both have
  std::vector<Platform> only_before = {};
  std::vector<Platform> only_after = {};
  std::vector<ValueDifference> index = {};  ///< but for what it lists
  std::vector<ImageDifference> differing = {};
  std::vector<AttestationDifference> attestations = {};

  /// Nothing differs.
  [[nodiscard]] bool same() const;
  /// Something differs, and all that does is a time stamp (or a digest that follows from one):
  /// times of files, of history, `created`, the header of gzip.
  [[nodiscard]] bool only_times() const;
};

/// Compares two inputs of any kind: which platforms they have, what is said of them, and of the
/// images for each platform the configs, the layers and, where those hold other bytes, the files of
/// the merged file systems. What a kind of input does not have (a root filesystem's tar a config)
/// is not compared. Tags and names are not, either. Costs less than a kilobyte for each path of the
/// two images that are compared at a time, and for each difference.
/// Throws Errc::not_found for a platform that neither has, Errc::conflict for an input that has two
/// images for one platform.
Diff diff(const DiffOptions& options, Progress& progress = silent_progress(),
          const std::stop_token& stop = {});

}  // namespace ocimux
