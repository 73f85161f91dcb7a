#pragma once

#include <ocimux/jobs/edit.hpp>

#include "source/image_store.hpp"

#include <stop_token>

namespace ocimux {

/// The platform of @p listed, an image of @p store, changed as @p options say: normalized and
/// complete. Throws Errc::conflict where its config or binaries contradict that (a warning with
/// allow_mismatch), Errc::not_found where these are missing.
Platform changed_platform(const ImageStore& store, const Descriptor& listed,
                          const AnnotateOptions& options, Progress& progress,
                          const std::stop_token& stop);

}  // namespace ocimux
