#pragma once

#include "compress/codec.hpp"

#include <memory>

namespace ocimux {

/// A Sink that writes what it is given to @p next, decompressed. All members or frames of the
/// stream are read, and their checksums checked; finish() throws Errc::corrupt when the stream is
/// cut short, write() when it is damaged. With Codec::none the bytes pass unchanged.
/// @p next must outlive the answer.
std::unique_ptr<Sink> make_decompressor(Codec codec, Sink& next);

}  // namespace ocimux
