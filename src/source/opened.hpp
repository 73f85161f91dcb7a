#pragma once

#include <ocimux/base/progress.hpp>

#include "io/file.hpp"

#include <filesystem>
#include <memory>
#include <stop_token>

namespace ocimux {

/// Opens @p path for reading by position: what is compressed (gzip, zstd, xz, bzip2, told by
/// content) or cannot be read by position (a pipe) is first unpacked into an unnamed temporary
/// file, which goes by a name of its own. Throws Errc::unsupported for what inflates beyond
/// ExpansionLimit.
std::shared_ptr<const File> open_unpacked(const std::filesystem::path& path, Progress& progress,
                                          const std::stop_token& stop);

}  // namespace ocimux
