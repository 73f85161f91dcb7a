#pragma once

#include "jobs/verify_findings.hpp"
#include "tar/member.hpp"

#include <optional>
#include <string>

namespace ocimux {

/// What is to be said of the type of @p member, at @p path, in a layer: engines refuse the layer
/// for it, or make a file of what is a directory to tar programs.
std::optional<Said> odd_type(const TarMember& member, const std::string& path);

}  // namespace ocimux
