#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/layout/layout.hpp>

#include "source/document_memory.hpp"
#include "source/image.hpp"
#include "source/reference.hpp"
#include "tar/archive.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// Something that has an index.json and blobs: a layout directory, or an archive of one.
struct ImageStore {
  std::string name;  ///< for messages
  Index index;
  /// The bytes of a blob, not checked; nothing when it is not there.
  std::function<std::optional<Body>(const Descriptor&)> find;
};

ImageStore store_of(const Layout& layout);
/// Throws Errc::corrupt for an archive that is no OCI layout.
ImageStore store_of(const std::string& name, std::shared_ptr<const TarArchive> archive);

/// A blob that is there, with the size that its descriptor says; its digest is checked as it is
/// read. Throws Errc::not_found when the store lacks it.
Body find_checked(const ImageStore& store, const Descriptor& descriptor);

/// Reads a document of at most largest_document bytes; checked against its descriptor. Throws
/// Errc::not_found when the store lacks it.
std::string read_checked(const ImageStore& store, const Descriptor& descriptor);

/// The descriptors of index.json that @p reference names: all of them without a tag and digest.
/// Throws Errc::not_found, listing the tags there are.
std::vector<Descriptor> select(const ImageStore& store, const LocalReference& reference);

/// Every image and attestation below the selected descriptors, indexes of indexes followed, each
/// manifest once. Children that the store lacks are told to @p progress and left out (docker save
/// writes such archives); Errc::not_found when nothing is left, Errc::corrupt beyond the limits of
/// DocumentMemory, of 8 levels of indexes and of 100,000 manifests.
std::vector<Image> read_images(const ImageStore& store, const LocalReference& reference,
                               Progress& progress);

/// The images and attestations below one descriptor; none for what is no image. What is read for it
/// counts in @p memory.
std::vector<Image> images_below(const ImageStore& store, const Descriptor& descriptor,
                                DocumentMemory& memory, Progress& progress);

/// The tag a descriptor of index.json has: the part behind the last `:` of a full name, too.
std::string tag_of(const Descriptor& descriptor);

}  // namespace ocimux
