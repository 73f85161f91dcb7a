#pragma once

#include "compress/codec.hpp"

#include <memory>

namespace ocimux {

/// A Sink that writes what it is given to @p next, compressed, with @p width threads.
/// The bytes depend on input, codec and level alone, never on @p width: both codecs cut the input
/// at fixed offsets. With Codec::none the bytes pass unchanged. @p next must outlive the answer.
std::unique_ptr<Sink> make_compressor(const Compression& compression, Sink& next,
                                      std::size_t width);

}  // namespace ocimux
