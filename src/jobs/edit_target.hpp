#pragma once

#include <ocimux/jobs/edit.hpp>

#include "source/image_store.hpp"
#include "source/reference.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ocimux {

/// What a reference names in index.json: one document, and the places of the entries that name it.
struct EditTarget {
  Descriptor descriptor;  ///< as the first of them has it
  std::vector<std::size_t> places;
};

/// What @p reference names; without tag and digest the one image there is. Throws Errc::not_found,
/// listing the tags, where there is nothing, and Errc::conflict where there are several.
EditTarget edit_target(const ImageStore& store, const LocalReference& reference,
                       Progress& progress);

/// The name that @p entry of index.json has, for results.
EditedName name_of_entry(const Descriptor& entry);

/// For messages: the full name, the tag, or `an entry without a name`.
std::string text_of(const EditedName& name);

}  // namespace ocimux
