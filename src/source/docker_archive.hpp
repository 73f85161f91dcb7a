#pragma once

#include "source/image.hpp"
#include "source/reference.hpp"
#include "tar/archive.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ocimux {

inline constexpr std::string_view docker_manifest_file = "manifest.json";

/// True when @p text is the `manifest.json` of `docker save` and not just a file of that name.
bool is_docker_manifest(std::string_view text);

/// The images of a `docker save` archive, or those that @p reference names by tag (`name:tag`, or
/// the part behind the last `:`). Throws Errc::not_found, or Errc::corrupt where the archive and
/// its manifest.json disagree.
std::vector<Image> read_docker_archive(const std::string& name,
                                       const std::shared_ptr<const TarArchive>& archive,
                                       const LocalReference& reference);

}  // namespace ocimux
