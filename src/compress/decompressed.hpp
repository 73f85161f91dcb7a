#pragma once

#include <ocimux/io/stream.hpp>

#include <memory>

namespace ocimux {

/// The bytes of @p from without their compression: gzip (also of several members), zstd (also of
/// several frames, skippable ones among them), or none, as its first bytes say. It decompresses
/// as it is read, piece by piece. Reading throws Errc::corrupt where the stream is damaged or
/// ends early, and what @p from throws; Errc::unsupported is thrown at once for any other
/// compression. Of gzip it holds some 3 MiB, of zstd the
/// window of the stream, 128 MiB at most; of what comes out nothing.
std::unique_ptr<Source> decompressed(std::unique_ptr<Source> from);

}  // namespace ocimux
