#pragma once

#include "io/file.hpp"

#include <cstdint>

namespace ocimux {

/// True when the headers of a member, from @p begin to its content at @p end, say in any way that
/// it is stored with holes. libarchive keeps quiet about maps that do not fit the member's size,
/// and goes by them nevertheless; so the content is not simply what stands there.
bool headers_say_sparse(const File& file, std::int64_t begin, std::int64_t end);

}  // namespace ocimux
