#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/spec/descriptor.hpp>

#include <string_view>

namespace ocimux {

/// Tells @p progress that @p place (`the input`) lacks a layer that its owner forbids to pass on,
/// and where runtimes fetch it from.
void warn_of_foreign_layer(const Descriptor& layer, std::string_view place, Progress& progress);

}  // namespace ocimux
