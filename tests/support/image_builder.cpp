#include "image_builder.hpp"

#include "files.hpp"
#include "tar_builder.hpp"

#include <openssl/evp.h>

#include <array>

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

std::string hex_of(const std::string& digest) { return digest.substr(digest.find(':') + 1); }

std::string config_json(const LayoutBuilder::Platform& platform,
                        const std::vector<std::string>& diff_ids, const std::string& more) {
  std::string json =
      R"({"architecture":)" + quoted(platform.architecture) + R"(,"os":)" + quoted(platform.os);
  if (!platform.variant.empty()) json += R"(,"variant":)" + quoted(platform.variant);
  if (!platform.os_version.empty()) json += R"(,"os.version":)" + quoted(platform.os_version);
  return json + R"(,"config":{"Env":["A=b"]},"rootfs":{"type":"layers","diff_ids":[)" +
         joined(diff_ids) + "]}" + more + "}";
}

}  // namespace

std::string sha256(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), raw.data(), &length, EVP_sha256(), nullptr);
  std::string text = "sha256:";
  for (unsigned int i = 0; i < length; ++i) {
    text += "0123456789abcdef"[raw[i] >> 4U];
    text += "0123456789abcdef"[raw[i] & 15U];
  }
  return text;
}

std::string descriptor(const std::string& media_type, const std::string& blob,
                       const std::string& more_members) {
  return R"({"mediaType":)" + quoted(media_type) + R"(,"digest":)" + quoted(sha256(blob)) +
         R"(,"size":)" + std::to_string(blob.size()) + more_members + "}";
}

std::string LayoutBuilder::blob(const std::string& bytes) {
  const std::string digest = sha256(bytes);
  blobs[digest] = bytes;
  return digest;
}

std::string LayoutBuilder::image(const ImageOptions& options) {
  const bool docker = options.docker_types;
  std::vector<std::string> layers;
  std::vector<std::string> diff_ids;
  for (const std::string& layer : options.layers) {
    const std::string stored = options.gzip_layers ? compressed_by("gzip -n", layer) : layer;
    blob(stored);
    std::string type = docker ? "application/vnd.docker.image.rootfs.diff.tar"
                              : "application/vnd.oci.image.layer.v1.tar";
    if (options.gzip_layers) type += docker ? ".gzip" : "+gzip";
    layers.push_back(descriptor(type, stored));
    diff_ids.push_back(quoted(sha256(layer)));
  }
  const std::string config = config_json(options.platform, diff_ids, options.config_members);
  blob(config);
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":)" +
      quoted(docker ? "application/vnd.docker.distribution.manifest.v2+json" : oci_manifest_type) +
      R"(,"config":)" +
      descriptor(docker ? "application/vnd.docker.container.image.v1+json"
                        : "application/vnd.oci.image.config.v1+json",
                 config) +
      R"(,"layers":[)" + joined(layers) + "]" + options.manifest_members + "}";
  blob(manifest);
  return manifest;
}

std::string LayoutBuilder::platform_json(const Platform& platform) {
  std::string json =
      R"({"architecture":)" + quoted(platform.architecture) + R"(,"os":)" + quoted(platform.os);
  if (!platform.os_version.empty()) json += R"(,"os.version":)" + quoted(platform.os_version);
  if (!platform.variant.empty()) json += R"(,"variant":)" + quoted(platform.variant);
  return json + "}";
}

std::string LayoutBuilder::image_descriptor(const std::string& manifest, const Platform& platform,
                                            const std::string& more_members, bool docker_types) {
  return descriptor(
      docker_types ? "application/vnd.docker.distribution.manifest.v2+json" : oci_manifest_type,
      manifest, R"(,"platform":)" + platform_json(platform) + more_members);
}

std::string LayoutBuilder::index(const std::vector<std::string>& descriptors, bool docker_types,
                                 const std::string& more_members) {
  const std::string document =
      R"({"schemaVersion":2,"mediaType":)" +
      quoted(docker_types ? "application/vnd.docker.distribution.manifest.list.v2+json"
                          : oci_index_type) +
      R"(,"manifests":[)" + joined(descriptors) + "]" + more_members + "}";
  blob(document);
  return document;
}

std::string LayoutBuilder::attestation(const std::string& image_manifest) {
  const std::string statement = R"({"_type":"https://in-toto.io/Statement/v0.1"})";
  const std::string config = config_json({"unknown", "unknown"}, {quoted(sha256(statement))}, "");
  blob(statement);
  blob(config);
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":)" + quoted(oci_manifest_type) + R"(,"config":)" +
      descriptor("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)" +
      descriptor("application/vnd.in-toto+json", statement) + R"(],"annotations":{"for":)" +
      quoted(sha256(image_manifest)) + "}}";
  blob(manifest);
  return manifest;
}

LayoutBuilder& LayoutBuilder::top(const std::string& bytes, const std::string& media_type,
                                  const std::string& tag, const std::string& name) {
  std::string more;
  if (!tag.empty()) {
    more = R"(,"annotations":{"org.opencontainers.image.ref.name":)" + quoted(tag);
    if (!name.empty()) more += R"(,"io.containerd.image.name":)" + quoted(name);
    more += "}";
  }
  return top_descriptor(descriptor(media_type, bytes, more));
}

LayoutBuilder& LayoutBuilder::top_descriptor(const std::string& json) {
  index_entries.push_back(json);
  return *this;
}

std::string LayoutBuilder::simple(const Platform& platform, const std::string& tag,
                                  const std::string& seed) {
  const std::string manifest =
      image({.platform = platform, .layers = {"layer of " + platform.architecture + seed}});
  top(manifest, oci_manifest_type, tag);
  return manifest;
}

std::string LayoutBuilder::index_document() const {
  return index_json.value_or(R"({"schemaVersion":2,"manifests":[)" + joined(index_entries) + "]}");
}

void LayoutBuilder::write_directory(const fs::path& path) const {
  fs::create_directories(path / "blobs" / "sha256");
  write_file(path / "oci-layout", layout_file);
  write_file(path / "index.json", index_document());
  for (const auto& [digest, bytes] : blobs) {
    write_file(path / "blobs" / "sha256" / hex_of(digest), bytes);
  }
}

std::string LayoutBuilder::archive_bytes() const {
  TarBuilder tar("ustar");
  tar.directory("blobs").directory("blobs/sha256");
  for (const auto& [digest, bytes] : blobs) tar.file("blobs/sha256/" + hex_of(digest), bytes);
  tar.file("index.json", index_document()).file("oci-layout", layout_file);
  return tar.bytes();
}

std::string LayoutBuilder::write_archive(const fs::path& path) const {
  write_file(path, archive_bytes());
  return path.string();
}

std::string docker_archive(const DockerArchiveOptions& options) {
  TarBuilder tar("ustar");
  std::vector<std::string> diff_ids;
  std::vector<std::string> paths;
  std::map<std::string, std::string> stored;  // layer to its first path
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    const std::string& layer = options.layers[i];
    const std::string directory = hex_of(sha256("layer " + std::to_string(i)));
    const std::string path = directory + "/layer.tar";
    tar.directory(directory);
    const auto [first, fresh] = stored.emplace(layer, path);
    if (fresh || !options.link_repeated_layers) {
      tar.file(path, layer);
    } else {
      tar.symlink(path, "../" + first->second);
    }
    paths.push_back(quoted(path));
    diff_ids.push_back(quoted(sha256(layer)));
  }
  const std::string config = config_json(options.platform, diff_ids, "");
  const std::string config_name = hex_of(sha256(config)) + ".json";
  tar.file(config_name, config);
  tar.file("manifest.json", R"([{"Config":)" + quoted(config_name) + R"(,"RepoTags":[)" +
                                quoted(options.tag) + R"(],"Layers":[)" + joined(paths) + "]}]");
  return tar.bytes();
}

}  // namespace ocimux::test
