#pragma once

#include <ocimux/spec/descriptor.hpp>

#include "spec/json.hpp"

#include <initializer_list>

namespace ocimux {

/// Throws Errc::corrupt for what image-spec does not allow.
Descriptor parse_descriptor(const Json& json);
Json to_json(const Descriptor& descriptor);

Platform parse_platform(const Json& json);
Json to_json(const Platform& platform);

/// The members of @p object but the named ones, as text; empty for none. Throws Errc::corrupt for
/// one whose name differs from a named one in case only: many readers (Go's) take it for that one.
std::string other_members(const Json& object, std::initializer_list<std::string_view> known);
/// The same check alone.
void refuse_other_spellings(const Json& object, std::initializer_list<std::string_view> known);
/// Adds the members that other_members() gave.
void add_others(Json& object, const std::string& others);

}  // namespace ocimux
