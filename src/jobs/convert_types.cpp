#include "jobs/convert_types.hpp"

#include <ocimux/spec/media_types.hpp>

#include <array>

namespace ocimux {
namespace {

struct LayerTypes {
  std::string_view oci;
  std::string_view docker;
};

// Source: buildkit, util/compression/compression.go.
constexpr std::array<LayerTypes, 4> layer_types{{
    {media_type::oci_layer, media_type::docker_layer},
    {media_type::oci_layer_gzip, media_type::docker_layer_gzip},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar",
     "application/vnd.docker.image.rootfs.foreign.diff.tar"},
    {"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
     "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"},
}};

// BuildKit writes it when it is told to; Docker's schema 2 has no such type.
constexpr std::string_view docker_layer_zstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";

}  // namespace

FormatTypes types_of(ImageFormat format) {
  if (format == ImageFormat::docker) {
    return {media_type::docker_list, media_type::docker_manifest, media_type::docker_config};
  }
  return {media_type::oci_index, media_type::oci_manifest, media_type::oci_config};
}

std::optional<std::string> layer_type_in(ImageFormat format, std::string_view type) {
  const bool docker = format == ImageFormat::docker;
  for (const LayerTypes& pair : layer_types) {
    if (type == pair.oci || type == pair.docker)
      return std::string(docker ? pair.docker : pair.oci);
  }
  if (docker) return std::nullopt;
  return std::string(type == docker_layer_zstd ? media_type::oci_layer_zstd : type);
}

}  // namespace ocimux
