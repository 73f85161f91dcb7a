#pragma once

#include <ocimux/spec/descriptor.hpp>

#include "spec/json.hpp"

#include <map>
#include <optional>
#include <string>

/// Changes of documents in their JSON, so that all else in them stays as it is. What is added
/// stands where ocimux would have written it.
namespace ocimux {

/// What annotations become; nothing: they go.
using AnnotationChanges = std::map<std::string, std::optional<std::string>>;

/// Of a descriptor, an index or a manifest. Annotations that are left empty go as a whole.
void change_annotations(Json& owner, const AnnotationChanges& changes);

/// Has a descriptor speak of other bytes; those it may hold itself (`data`) go.
void change_content(Json& descriptor, const Digest& digest, std::int64_t size);

/// Has a descriptor say @p platform; members of its platform that have no name here stay.
void change_platform(Json& descriptor, const Platform& platform);

}  // namespace ocimux
