#pragma once

#include <ocimux/base/error.hpp>

#include "spec/json.hpp"

#include <vector>

namespace ocimux {

/// What of an image's config is of another kind than image-spec (config.md) and Docker say, beside
/// its platform and DiffIDs. Engines refuse a document with one such member as a whole.
std::vector<Error> wrong_kinds(const Json& config);

/// Throws Errc::corrupt where a descriptor that has all it needs has a member of another kind than
/// image-spec (descriptor.md) says.
void check_optional_members(const Json& descriptor);

}  // namespace ocimux
