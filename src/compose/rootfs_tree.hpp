#pragma once

#include "compose/tree.hpp"
#include "source/image.hpp"

#include <cstdint>
#include <optional>
#include <stop_token>

namespace ocimux {

/// The file tree of @p image, from the headers of its tar: no content is read. Members are as
/// write_layer() would write them (@p latest: SOURCE_DATE_EPOCH). Throws Errc::corrupt for a hard
/// link to what did not come before it, Errc::unsupported for a name that a layer would read as a
/// deletion, and, with Names::folded, Errc::conflict for names that Windows takes for one.
FileTree read_rootfs_tree(const RootfsImage& image, std::optional<std::int64_t> latest, Names names,
                          const std::stop_token& stop);

}  // namespace ocimux
