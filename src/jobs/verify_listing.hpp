#pragma once

#include "jobs/registry_input.hpp"
#include "jobs/verify_store.hpp"
#include "jobs/verify_walk.hpp"

#include <stop_token>
#include <vector>

namespace ocimux {

/// Lists what @p reference names of @p layout, which is what it was made for. Throws
/// Errc::not_found for a tag or digest that is not there.
Survey list(const OpenLayout& layout, const ImageReference& reference, Findings& findings,
            const std::stop_token& stop);

/// Lists images without a layout.
Survey list(std::vector<Image> images, Findings& findings);

/// True when @p reference names all there is, not one image of it.
bool is_whole(const ImageReference& reference);

}  // namespace ocimux
