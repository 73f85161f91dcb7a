#pragma once

#include "tar/entry.hpp"
#include "tar/member_headers.hpp"

namespace ocimux {

/// Gives @p member what libarchive (3.6) does not take from its headers:
///
/// - where a link leads, when the field for that is empty and an extension header has it. Go's
///   archive/tar writes so what is not ASCII.
/// - the sign of a time between -1 and 0.
///
/// @p read_name as for the member's own name. Throws Errc::corrupt for a link without a target.
void correct(TarMember& member, const MemberHeaders& headers, NameReading read_name);

}  // namespace ocimux
