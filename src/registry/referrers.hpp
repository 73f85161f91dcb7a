#pragma once

#include <ocimux/spec/documents.hpp>

#include "registry/repository.hpp"

#include <optional>
#include <string>

namespace ocimux {

/// Lists the documents whose subject is @p subject (distribution-spec, "Listing Referrers"), from
/// all pages of the answer: of each what it is, not what the list says of it. Nothing where the
/// registry has no such API: it refuses the question, or answers with what is no index. Throws
/// Errc::corrupt for pages that never end, that are on another server, or that are no indexes
/// themselves.
std::optional<Index> list_referrers(const Repository& repository, const Digest& subject);

/// The tag under which clients keep that list where the registry has no such API
/// (distribution-spec, "Referrers Tag Schema").
std::string fallback_tag(const Digest& subject);

}  // namespace ocimux
