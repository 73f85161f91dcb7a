#pragma once

#include "io/memory.hpp"
#include "jobs/cargo.hpp"
#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/refusal.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace ocimux::test {

inline const std::string docker_list_type =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline const std::string docker_manifest_type =
    "application/vnd.docker.distribution.manifest.v2+json";

/// What @p builder holds, without files.
inline ImageStore memory_store(const LayoutBuilder& builder) {
  return {"layout", Index::parse(builder.index_document(), oci_index_type),
          [blobs = builder.blobs](const Descriptor& descriptor) -> std::optional<Body> {
            const auto found = blobs.find(descriptor.digest.string());
            if (found == blobs.end()) return std::nullopt;
            return memory_body(found->second);
          }};
}

/// All that @p builder has in index.json, or what goes by @p tag.
inline Cargo gathered(const LayoutBuilder& builder, const CargoOptions& options = {},
                      const std::string& tag = {}, Progress& progress = silent_progress()) {
  const ImageStore store = memory_store(builder);
  LocalReference reference{LocalReference::Kind::layout, "layout"};
  reference.tag = tag;
  return gather(store, select(store, reference), referrers_in(store), options, progress);
}

inline Digest digest_of(const std::string& bytes) { return Digest::parse(sha256(bytes)); }

/// The tag of the form `sha256-…` that speaks of @p bytes.
inline std::string digest_tag(const std::string& bytes) {
  std::string tag = sha256(bytes);
  tag[tag.find(':')] = '-';
  return tag;
}

/// Where a document is in the order of the cargo; -1 when it is not in it.
inline std::ptrdiff_t place_of(const Cargo& cargo, const std::string& bytes) {
  const auto found = std::find_if(cargo.documents.begin(), cargo.documents.end(),
                                  [&](const CargoDocument& document) {
                                    return document.descriptor.digest == digest_of(bytes);
                                  });
  return found == cargo.documents.end() ? -1 : found - cargo.documents.begin();
}

/// The full names, or where there are none the tags, in their order.
inline std::vector<std::string> names_in(const Cargo& cargo) {
  std::vector<std::string> names;
  for (const CargoName& name : cargo.names) names.push_back(name.name.string());
  return names;
}

/// An artifact manifest that speaks of @p subject; stored; answers its bytes.
inline std::string artifact(LayoutBuilder& builder, const std::string& subject,
                            const std::string& type = "application/vnd.example.sbom",
                            const std::string& subject_type = oci_manifest_type) {
  builder.blob("{}");
  builder.blob("content of " + type);
  const std::string manifest = R"({"schemaVersion":2,"mediaType":")" + oci_manifest_type +
                               R"(","artifactType":")" + type + R"(","config":)" +
                               descriptor("application/vnd.oci.empty.v1+json", "{}") +
                               R"(,"layers":[)" + descriptor(type, "content of " + type) +
                               R"(],"subject":)" + descriptor(subject_type, subject) + "}";
  builder.blob(manifest);
  return manifest;
}

/// What cosign stores under a tag; answers its bytes.
inline std::string cosign_signature(LayoutBuilder& builder, const std::string& seed = "") {
  const std::string config = R"({"architecture":"","os":"","config":{},"rootfs":{}})";
  const std::string payload = "payload" + seed;
  builder.blob(config);
  builder.blob(payload);
  const std::string manifest =
      R"({"schemaVersion":2,"mediaType":")" + oci_manifest_type + R"(","config":)" +
      descriptor("application/vnd.oci.image.config.v1+json", config) + R"(,"layers":[)" +
      descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload) + "]}";
  builder.blob(manifest);
  return manifest;
}

/// An index over two platforms, as the only one in index.json.
struct TwoPlatforms {
  LayoutBuilder builder = {};
  LayoutBuilder::Platform amd64 = {"linux", "amd64"};
  LayoutBuilder::Platform arm64 = {"linux", "arm64"};
  std::string amd64_image = builder.image({.platform = amd64, .layers = {"a"}});
  std::string arm64_image = builder.image({.platform = arm64, .layers = {"b"}});
  std::string index = builder.index({LayoutBuilder::image_descriptor(amd64_image, amd64),
                                     LayoutBuilder::image_descriptor(arm64_image, arm64)});

  explicit TwoPlatforms(const std::string& tag = "main", const std::string& name = "") {
    builder.top(index, oci_index_type, tag, name);
  }
};

}  // namespace ocimux::test
