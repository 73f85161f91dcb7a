#pragma once

#include <ocimux/io/stream.hpp>

#include <memory>

namespace ocimux {

/// The content of a stream in gzip or zstd, as decompressed() gives it. They decompress into the
/// reader's own buffer where they can, and hold nothing that grows with the input.
std::unique_ptr<Source> make_gzip_source(std::unique_ptr<Source> from);
std::unique_ptr<Source> make_zstd_source(std::unique_ptr<Source> from);

}  // namespace ocimux
