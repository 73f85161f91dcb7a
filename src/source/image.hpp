#pragma once

#include <ocimux/spec/documents.hpp>

#include "io/file.hpp"
#include "source/programs.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace ocimux {

/// An image with a manifest: its documents go out as they came in.
struct StoredImage {
  Descriptor descriptor;      ///< as its index says it
  std::string manifest_text;  ///< checked against the descriptor
  Manifest manifest;
  std::string config_text;  ///< checked against the manifest
  ImageConfig config;
  /// The bytes of one of its layers, not checked yet; nothing when the input lacks them.
  std::function<std::optional<Body>(const Descriptor&)> find;
};

/// A manifest that is no image but speaks of one: BuildKit's attestations.
struct Attestation {
  StoredImage stored;             ///< its config may be anything
  std::optional<Digest> subject;  ///< the image manifest it speaks of, if it says so
};

/// An image of `docker save`: a config and layers, but no manifest.
struct SavedImage {
  std::string config_text;
  ImageConfig config;
  std::vector<Body> layers;  ///< as many as the config has DiffIDs; compressed or not
};

/// A root filesystem, or one platform's directory of several in one tar.
struct RootfsImage {
  std::shared_ptr<const File> file;
  std::string directory;  ///< the platform's directory; empty when the tar is the root
  /// False when the tar as it is can be the layer; else it is written anew, such as with members of
  /// types that engines do not unpack.
  bool rewrite = false;
  std::set<std::string> left_out = {};  ///< members that are no part of the root filesystem
  std::int64_t size = 0;                ///< bytes of the layer to be, about
  std::int64_t entries = 0;
  std::int64_t newest_mtime = 0;     ///< of its members, in seconds since 1970, rounded down
  std::int64_t newest_mtime_up = 0;  ///< the same, rounded up
  Programs programs = {};            ///< its executables
  bool windows_files = false;        ///< at its top is `Files`
  bool other_names = false;          ///< at its top is more than a Windows layer has there

  /// True when the tar already is in the form of a Windows layer, not a file tree.
  [[nodiscard]] bool is_windows_layer() const { return windows_files && !other_names; }
};

/// One image of one platform, as an input has it: nothing of its layers was read yet.
struct Image {
  std::string origin;                          ///< the input it came from, for messages
  std::optional<Platform> name_platform = {};  ///< what the file's name says
  std::string windows_name = {};               ///< the release in the file's name: `ltsc2022`
  std::variant<StoredImage, SavedImage, RootfsImage, Attestation> content;
};

}  // namespace ocimux
