#pragma once

#include <string_view>

namespace ocimux {

/// True when @p headers, all blocks of a member before its content, say in any way that it is
/// stored with holes. libarchive keeps quiet about maps that do not fit the member's size, and goes
/// by them nevertheless; so the content is not simply what stands there.
bool headers_say_sparse(std::string_view headers);

/// True when a header of GNU tar's old format among @p headers, whole blocks, has a map of holes or
/// a size without them, though its type is another than that of a member with holes. libarchive
/// goes by them, GNU tar and engines by the type; so they find other content.
bool holes_against_type(std::string_view headers);

}  // namespace ocimux
