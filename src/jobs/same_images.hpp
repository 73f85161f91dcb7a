#pragma once

#include <ocimux/spec/platform.hpp>

namespace ocimux {

/// True where nothing tells two images of one index apart: a node could take either.
bool tells_nothing_apart(const Platform& a, const Platform& b);

}  // namespace ocimux
