#pragma once

#include <ocimux/jobs/merge.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace ocimux {

/// The media types of one of the two formats.
struct FormatTypes {
  std::string_view index;
  std::string_view manifest;
  std::string_view config;
};

FormatTypes types_of(ImageFormat format);

/// What @p format calls the layer type @p type of either format; nothing where it has no such.
std::optional<std::string> layer_type_in(ImageFormat format, std::string_view type);

}  // namespace ocimux
