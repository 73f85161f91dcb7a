#pragma once

#include <ocimux/io/stream.hpp>

#include <memory>

namespace ocimux {

/// The bytes of @p from without their compression: gzip (also of several members), zstd (also of
/// several frames, skippable ones among them), or none, as its first bytes say. It decompresses
/// as it is read, piece by piece. Reading throws Errc::corrupt where the stream is damaged or
/// ends early, and what @p from throws; Errc::unsupported is thrown at once for any other
/// compression. It holds some 16 MiB at most, far less for anything but a compression bomb.
std::unique_ptr<Source> decompressed(std::unique_ptr<Source> from);

}  // namespace ocimux
