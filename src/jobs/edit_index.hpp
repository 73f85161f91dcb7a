#pragma once

#include <ocimux/jobs/edit.hpp>

#include "jobs/edit_place.hpp"
#include "jobs/edit_target.hpp"

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ocimux {

/// An index while it is edited: its JSON is changed, and entries of index.json lead to it.
struct EditedIndex {
  EditTarget target;
  Json json;
  Index index;  ///< as it was
};

/// Reads the index that @p target is. Throws Errc::conflict for a single image.
EditedIndex open_index(const Edit& edit, const EditTarget& target);

/// Keeps the document that @p edited became, if it became another, leads the entries of index.json
/// there, and says so in @p result.
void put_index(Edit& edit, const EditedIndex& edited, EditResult& result);

/// The platform of an image that an index lists: normalized, and completed by its config; nothing
/// for attestations, indexes and what is no image.
std::optional<Platform> listed_platform(const ImageStore& store, const Descriptor& listed);

/// The entries of @p index, by their places, that @p selectors pick: by digest, or images by
/// platform; none: all images. Throws Errc::invalid_argument for what is no selector, and
/// Errc::not_found, listing what there is, for one that picks nothing.
std::vector<std::size_t> pick(const ImageStore& store, const Index& index,
                              const std::vector<std::string>& selectors);

/// The places of attestations in @p index that speak of one of @p images, by digest, where no entry
/// but those at @p gone is that image any more.
std::set<std::size_t> attestations_of(const Index& index, const std::set<Digest>& images,
                                      const std::set<std::size_t>& gone);

/// Takes the entries at @p places out, and says which in @p result.
void erase_entries(EditedIndex& edited, const std::set<std::size_t>& places, EditResult& result);

}  // namespace ocimux
