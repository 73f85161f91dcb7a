#pragma once

#include <ocimux/base/progress.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/rewritten.hpp"

#include <vector>

namespace ocimux {

/// Writes what is not in @p format anew in it, configs and layers staying as they are. Documents
/// that are in it, and list nothing that is not, stay byte for byte. Left out, with a note, are
/// attestations of what changed and, from Docker's format, all that it cannot hold: artifacts,
/// annotations. Throws Errc::unsupported for a layer that Docker's format has no type for, and
/// where nothing is left.
Rewritten convert(Documents& documents, const std::vector<Descriptor>& selected, ImageFormat format,
                  Progress& progress);

}  // namespace ocimux
