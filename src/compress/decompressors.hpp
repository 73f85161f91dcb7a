#pragma once

#include <ocimux/base/error.hpp>

#include "compress/codec.hpp"

#include <memory>

namespace ocimux {

std::unique_ptr<Sink> make_gzip_decompressor(Sink& next);
std::unique_ptr<Sink> make_zstd_decompressor(Sink& next);
std::unique_ptr<Sink> make_xz_decompressor(Sink& next);
std::unique_ptr<Sink> make_bzip2_decompressor(Sink& next);

/// Output is handed on in pieces of this many bytes.
inline constexpr std::size_t decompressed_piece = std::size_t{128} * 1024;

Error damaged_stream(Codec codec, std::string_view found);
Error cut_stream(Codec codec);

}  // namespace ocimux
