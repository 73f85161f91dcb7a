#pragma once

#include "source/read_images.hpp"

#include <optional>

namespace ocimux {

/// What is known of the platform of @p image: what its descriptor and config say, or of a root
/// filesystem what its binaries and its name do. Nothing for an attestation, and where nobody says
/// anything.
std::optional<Platform> platform_of(const Image& image);

/// The one image of @p input that is meant: for @p wanted, or the only one there is. A root
/// filesystem whose platform nobody knows is what it is wanted for. Throws Errc::not_found,
/// listing the platforms there are, and Errc::conflict where several fit.
const Image& one_image(const Input& input, const std::optional<Platform>& wanted);

}  // namespace ocimux
