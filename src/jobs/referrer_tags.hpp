#pragma once

#include <ocimux/digest/digest.hpp>

#include <optional>
#include <string_view>

namespace ocimux {

/// What a tag of the form `sha256-<64 hex digits>` speaks of: under it registries without the
/// referrers API keep the list of referrers (distribution-spec, "Referrers Tag Schema"). Nothing
/// for any other tag.
std::optional<Digest> fallback_subject(std::string_view tag);

/// What a tag of cosign's speaks of: `sha256-<64 hex digits>` and `.sig`, `.att` or `.sbom`.
std::optional<Digest> cosign_subject(std::string_view tag);

}  // namespace ocimux
