#pragma once

#include "tar/member.hpp"

#include <archive.h>

#include <string>
#include <string_view>

namespace ocimux {

/// How names are read: as they should be (member_path()), or as engines read those of layers.
using NameReading = std::string (*)(std::string_view);

/// Without slashes in front.
std::string name_in_layer(std::string_view name);
/// As it is, whether it makes sense or not.
std::string name_as_it_stands(std::string_view name);

/// @p name, of a member or of where a link leads. Throws Errc::unsupported above 4096 bytes.
std::string_view checked_length(std::string_view name);

/// What libarchive says of a member; its offsets are not known here. Throws Errc::corrupt for a
/// name that is none, Errc::unsupported for one above 4096 bytes.
TarMember member_of(archive_entry* entry, NameReading read_name);

}  // namespace ocimux
