#pragma once

#include <string_view>

namespace ocimux {

/// True when @p headers, all blocks of a member before its content, say in any way that it is
/// stored with holes. libarchive keeps quiet about maps that do not fit the member's size, and goes
/// by them nevertheless; so the content is not simply what stands there.
bool headers_say_sparse(std::string_view headers);

/// True when one of @p headers, whole blocks, has a map of holes and a size with them, as in GNU
/// tar's old format, or one of these, and another type than that of a member with holes; or that
/// type, and not both. libarchive goes by the map and the size, GNU tar and engines by the type; so
/// they find other content. (A text in a pax header that looks like such a header counts as one.)
bool holes_against_type(std::string_view headers);

}  // namespace ocimux
