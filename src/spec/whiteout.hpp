#pragma once

#include <string_view>

namespace ocimux {

// How layers say what is gone from the layers below them (image-spec, layer.md).

/// How the names of whiteouts begin; what follows is the name that is gone.
inline constexpr std::string_view whiteout_prefix = ".wh.";
/// In a directory: nothing of what the layers below have in it counts.
inline constexpr std::string_view opaque_marker = ".wh..wh..opq";
/// How names begin that AUFS keeps books with, which mean nothing elsewhere.
inline constexpr std::string_view bookkeeping_prefix = ".wh..wh.";

}  // namespace ocimux
