#pragma once

#include <ocimux/spec/descriptor.hpp>

#include "spec/json.hpp"

namespace ocimux::cli {

/// A platform in the reports' form: lowerCamelCase keys.
Json platform_json(const Platform& platform);
/// Sets digest, mediaType, size and, where there are any, annotations of @p descriptor.
void add_descriptor(Json& json, const Descriptor& descriptor);
Json descriptor_json(const Descriptor& descriptor);

}  // namespace ocimux::cli
