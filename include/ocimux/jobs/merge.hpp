#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/registry/registry_options.hpp>
#include <ocimux/spec/descriptor.hpp>
#include <ocimux/spec/selector.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// One input of a merge.
struct MergeInput {
  std::string reference;                  ///< as docs/cli.md describes references
  std::optional<Platform> platform = {};  ///< what the caller says it is
};

/// Where an annotation goes.
enum class AnnotationScope { index, descriptor, manifest };

struct AnnotationOption {
  AnnotationScope scope = AnnotationScope::index;
  Selector selector;  ///< for descriptors and manifests
  std::string key;
  std::string value;
};

/// The media types of the index and of manifests that are made.
enum class ImageFormat { oci, docker };

enum class Attestations { keep, drop };

/// A value for an ARG of a Dockerfile.
struct BuildArgument {
  std::string name;
  std::string value;
};

struct MergeOptions {
  std::vector<MergeInput> inputs;
  std::string output;               ///< a directory, `FILE.tar`, or `-` for standard output
  std::vector<std::string> tags;    ///< `main` or `velero/velero:main`
  bool platform_tags = false;       ///< also tag each platform's manifest
  std::vector<Platform> platforms;  ///< exactly these; empty for all
  std::vector<AnnotationOption> annotations;
  std::vector<Selected<std::string>> os_versions;
  std::vector<Selected<std::vector<std::string>>> os_features;
  std::vector<Selected<std::string>> variants;
  std::vector<Selected<std::string>> configs;       ///< files with an OCI image config
  std::vector<Selected<std::string>> configs_from;  ///< references to images
  std::vector<Selected<std::string>> dockerfiles;   ///< files; their final stages count
  std::vector<BuildArgument> build_args;            ///< for all of them
  std::vector<Selected<std::string>> changes;       ///< Dockerfile instructions
  /// References to images that root filesystems are stored over: their layers as they are, and one
  /// more with the difference.
  std::vector<Selected<std::string>> bases;
  std::string compression = "gzip";  ///< of layers that are made
  bool recompress = false;           ///< also layers that arrive compressed
  ImageFormat format = ImageFormat::oci;
  Attestations attestations = Attestations::keep;
  bool allow_mismatch = false;  ///< contradicting platforms are a warning
  bool strict = false;          ///< what would hardly run is an error, not a warning
  bool replace = false;         ///< tags (or a file) that exist may be replaced
  bool dry_run = false;         ///< decide everything, write nothing
  /// The result survives a loss of power once merge() returns. Without, it survives the end of the
  /// process at any moment, and is written sooner.
  bool sync = true;
  /// Blobs of input layouts may become further names of the same files, where the file system
  /// cannot clone them. Without, they are copied.
  bool hard_links = true;
  /// How inputs are read that a registry has (`docker://…`); without such there is no network.
  RegistryOptions registry = {};
  std::size_t jobs = 1;  ///< threads; the bytes written do not depend on it
  /// The latest time that may be written, in seconds since 1970 (SOURCE_DATE_EPOCH).
  std::optional<std::int64_t> source_date_epoch = {};
};

/// The image that a root filesystem was stored over.
struct MergedBase {
  std::string reference;              ///< as the options name it
  std::optional<Digest> digest = {};  ///< of its manifest; nothing where it has none
  std::size_t layers = 0;             ///< of the base
  std::size_t entries = 0;            ///< of the layer over it; 0 when there is none
};

/// One image of the index that was made.
struct MergedImage {
  Platform platform;
  std::string origin;                         ///< the input it came from
  std::optional<Descriptor> descriptor = {};  ///< nothing after a dry run
  /// The manifest's digest before, where it had to be written anew.
  std::optional<Digest> replaced = {};
  std::optional<Digest> attests = {};  ///< for an attestation: the image it speaks of
  std::optional<MergedBase> base = {};
};

/// One descriptor of index.json.
struct NamedDescriptor {
  std::string tag;                    ///< empty for none
  std::string name;                   ///< the full reference; empty for none
  std::optional<Digest> digest = {};  ///< nothing after a dry run
};

struct MergeResult {
  std::optional<Descriptor> index = {};  ///< nothing after a dry run
  std::vector<MergedImage> images;       ///< in the order of the index
  std::vector<NamedDescriptor> names;
  std::int64_t blobs_written = 0;
  std::int64_t bytes_written = 0;
};

/// Merges images of several platforms into one layout with one index over them all.
///
/// Everything that can be refused is refused before anything is written; killed at any moment,
/// the output is as it was before or as it should be. Same inputs, same bytes, whatever their
/// order and `jobs`. Throws Error; a contradiction or a damaged input is Errc::conflict or
/// Errc::corrupt, a missing platform Errc::not_found, a tag that exists Errc::already_exists.
MergeResult merge(const MergeOptions& options, Progress& progress = silent_progress(),
                  const std::stop_token& stop = {});

}  // namespace ocimux
