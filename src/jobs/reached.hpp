#pragma once

#include <ocimux/digest/digest.hpp>

#include "source/image_store.hpp"

#include <set>
#include <stop_token>
#include <string>

namespace ocimux {

/// Every blob that @p index_text, an index.json, leads to in @p store: whatever a document there
/// names by a digest, in members that ocimux has no name for, too; they need not be there. Throws
/// Errc::corrupt for a document that is damaged, and Errc::not_found for one that an index lists
/// and that is missing (a subject may be).
std::set<Digest> reached(const ImageStore& store, const std::string& index_text,
                         const std::stop_token& stop);

}  // namespace ocimux
