#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ocimux::test {

/// `sha256:` and the hex digits, by OpenSSL's one-call function (not ours).
std::string sha256(const std::string& bytes);

/// A descriptor as JSON text.
std::string descriptor(const std::string& media_type, const std::string& blob,
                       const std::string& more_members = "");

/// A layout in memory: blobs and index.json, to be written as a directory or an archive.
class LayoutBuilder final {
 public:
  struct Platform {
    std::string os = "linux";
    std::string architecture = "amd64";
    std::string variant = {};
    std::string os_version = {};
  };

  /// Stores a blob and answers its digest.
  std::string blob(const std::string& bytes);

  struct ImageOptions {
    Platform platform = {};
    std::vector<std::string> layers = {"layer"};  ///< uncompressed tars, or any bytes
    bool gzip_layers = true;
    bool docker_types = false;
    std::string manifest_members = {};  ///< JSON text to add to the manifest: `,"x":1`
    std::string config_members = {};    ///< JSON text to add to the config
  };

  /// Stores an image; answers the manifest's bytes.
  std::string image(const ImageOptions& options);
  /// JSON text of a platform object.
  static std::string platform_json(const Platform& platform);
  /// A descriptor of an image that image() made, with its platform.
  static std::string image_descriptor(const std::string& manifest, const Platform& platform,
                                      const std::string& more_members = "",
                                      bool docker_types = false);
  /// Stores an index over descriptors; answers its bytes.
  std::string index(const std::vector<std::string>& descriptors, bool docker_types = false,
                    const std::string& more_members = "");
  /// BuildKit's attestation manifest for @p image_manifest; answers its bytes.
  std::string attestation(const std::string& image_manifest);

  /// Adds a descriptor to index.json, with a tag unless that is empty.
  LayoutBuilder& top(const std::string& bytes, const std::string& media_type,
                     const std::string& tag = "", const std::string& name = "");
  /// Adds a descriptor as it is.
  LayoutBuilder& top_descriptor(const std::string& json);

  /// One gzip image for @p platform under @p tag: the usual case. Answers the manifest's bytes.
  std::string simple(const Platform& platform, const std::string& tag = "",
                     const std::string& seed = "");

  // To be damaged by tests, too.
  std::map<std::string, std::string> blobs;  ///< digest to bytes
  std::vector<std::string> index_entries;
  std::optional<std::string> index_json;  ///< instead of the one made from index_entries
  std::string layout_file = R"({"imageLayoutVersion":"1.0.0"})";

  [[nodiscard]] std::string index_document() const;
  void write_directory(const std::filesystem::path& path) const;
  [[nodiscard]] std::string archive_bytes() const;
  [[nodiscard]] std::string write_archive(const std::filesystem::path& path) const;
};

/// A `docker save` archive with one image: before Docker 25 a repeated layer is a symlink.
struct DockerArchiveOptions {
  LayoutBuilder::Platform platform = {};
  std::vector<std::string> layers = {"layer"};  ///< uncompressed tars
  std::string tag = "demo:1";
  bool link_repeated_layers = true;
};
std::string docker_archive(const DockerArchiveOptions& options);

inline const std::string oci_index_type = "application/vnd.oci.image.index.v1+json";
inline const std::string oci_manifest_type = "application/vnd.oci.image.manifest.v1+json";

}  // namespace ocimux::test
