#pragma once

#include <ocimux/base/progress.hpp>

#include "source/image_store.hpp"
#include "source/reference.hpp"

#include <stop_token>

namespace ocimux {

/// Opens the layout or OCI archive that @p reference names, whatever its index.json lists. An
/// archive is read in place; one inside gzip, zstd, xz or bzip2 is first unpacked into an unnamed
/// temporary file. Throws Errc::unsupported for what is neither; every error names the input.
ImageStore open_store(const LocalReference& reference, Progress& progress,
                      const std::stop_token& stop = {});

}  // namespace ocimux
