#pragma once

#include "jobs/cargo.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// Reads a document; throws Errc::not_found when it is not there.
using ReadText = std::function<std::string(const Descriptor&)>;

/// True for BuildKit's attestations, by what an index says of them.
bool is_attestation(const Descriptor& listed);

/// The image that an attestation speaks of, as its index says; nothing where that names none.
std::optional<Digest> attested_image(const Descriptor& listed);

/// What a manifest runs on: what its index says, and what that leaves open (all of it; the variant
/// of arm, the version of Windows) as its config says, if that is there. Nothing for an
/// attestation, and for what neither says it of.
std::optional<Platform> image_platform(const Descriptor& listed, const ReadText& read);

/// `<tag>-<os>[-<Windows release>]-<arch>[-<variant>]` for each image below an index, in its order.
std::vector<CargoName> platform_names(const Cargo& cargo, const Digest& index,
                                      const ImageName& name);

/// Adds platform_names() of all named indexes. Throws Errc::conflict where one would name two
/// images.
void add_platform_tags(Cargo& cargo);

}  // namespace ocimux
