#pragma once

#include <ocimux/io/stream.hpp>

#include "compose/difference.hpp"
#include "compose/tree.hpp"
#include "io/file.hpp"

#include <memory>
#include <stop_token>
#include <vector>

namespace ocimux {

/// Writes a layer of @p members and finishes @p to; contents are read from @p file, the tar the
/// members came from, by position.
void write_members(const std::shared_ptr<const File>& file, const std::vector<TarMember>& members,
                   Sink& to, const std::stop_token& stop);

/// Everything that is in @p tree, as a layer over nothing; in the order of difference().
std::vector<TarMember> all_members(const FileTree& tree);

/// Bytes of the layer of @p members, about.
std::int64_t layer_size(const std::vector<TarMember>& members);

/// Hashes files of the tar @p file.
ContentReader content_reader(std::shared_ptr<const File> file, std::size_t threads);

}  // namespace ocimux
