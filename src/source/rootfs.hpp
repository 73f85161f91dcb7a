#pragma once

#include "source/image.hpp"

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ocimux {

/// The root filesystems in a tar: one, or one for each of BuildKit's platform directories. Reads
/// every header (so a damaged tar is refused here), and no content but the front of files that
/// may be attestations.
std::vector<Image> read_rootfs(const std::string& name, const std::shared_ptr<const File>& file,
                               Progress& progress, const std::stop_token& stop);

/// True for overlay's own bookkeeping, which leaks from some exports and must not reach another
/// machine.
bool is_overlay_xattr(std::string_view name);

/// Writes the layer of @p image and finishes @p to: the tar as it is, or written anew where it
/// must be (another root, members left out or stored with holes, times to be clamped).
/// @p latest, if given, is the latest time a member may have (SOURCE_DATE_EPOCH).
void write_layer(const RootfsImage& image, std::optional<std::int64_t> latest, Sink& to,
                 const std::stop_token& stop);

}  // namespace ocimux
