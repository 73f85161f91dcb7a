#pragma once

#include <ocimux/io/stream.hpp>

#include "source/programs.hpp"

#include <stop_token>

namespace ocimux {

/// How far a layer is looked into.
enum class LookInto {
  /// As far as costs next to nothing beside copying it: a compressed layer's first 250th part, but
  /// not less than 32 KiB or more than 1 MiB. An uncompressed one is walked through to its end.
  front,
  whole,
};

/// The programs in a layer, compressed or not. With LookInto::front what is damaged is passed over
/// (whoever copies the layer will find out); with LookInto::whole it throws.
Programs programs_in_layer(const Body& layer, LookInto depth, const std::stop_token& stop);

}  // namespace ocimux
