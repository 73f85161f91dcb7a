#pragma once

#include <string_view>

namespace ocimux {

/// True when @p headers, all blocks of a member before its content, say in any way that it is
/// stored with holes. libarchive keeps quiet about maps that do not fit the member's size, and goes
/// by them nevertheless; so the content is not simply what stands there.
bool headers_say_sparse(std::string_view headers);

}  // namespace ocimux
