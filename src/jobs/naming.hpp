#pragma once

#include <ocimux/spec/documents.hpp>

#include "jobs/names.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// A descriptor that a job puts into index.json.
struct IndexEntry {
  std::optional<ImageName> name;  ///< nothing: it is there without one
  Descriptor descriptor;
};

/// What becomes of a tag that is there already.
enum class ExistingTags { refused, moved };

/// The names of @p tags, each once and in order; a bare tag beside a full name with that tag says
/// nothing more and is left out. Throws what ImageName::parse() throws.
std::vector<ImageName> parse_names(const std::vector<std::string>& tags);

/// Throws Errc::already_exists when a descriptor of @p index goes by one of @p names.
void refuse_existing_tags(const Index& index, const std::vector<ImageName>& names);

/// Throws Errc::conflict when @p name is a bare tag that @p entries have under several full names:
/// who moves it would take the names of images that he did not mean.
void refuse_ambiguous_name(const std::vector<Descriptor>& entries, const ImageName& name);

/// @p now with @p entries behind what it has: named ones without annotations but their name, those
/// without a name only where their digest is not there yet. Throws Errc::already_exists for a tag
/// that must not be moved, and what refuse_ambiguous_name() throws.
Index with_entries(const Index& now, const std::vector<IndexEntry>& entries, ExistingTags tags);

}  // namespace ocimux
