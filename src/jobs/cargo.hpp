#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>
#include <ocimux/jobs/push.hpp>
#include <ocimux/spec/documents.hpp>

#include "jobs/names.hpp"
#include "source/image_store.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// A manifest or index on its way, and what must be where it goes before it is.
struct CargoDocument {
  Descriptor descriptor;  ///< as index.json or an index lists it; its digest is that of the text
  std::string text;
  std::vector<Descriptor> blobs = {};  ///< config and layers of a manifest
  std::vector<Digest> children = {};   ///< of an index: the documents it lists that are here
  std::optional<Digest> subject = {};  ///< what it speaks of
};

/// A name for one of the documents.
struct CargoName {
  ImageName name;
  Digest digest;
  /// Of a tag that cosign gave (`sha256-….sig`, `.att`, `.sbom`): the document it speaks of.
  std::optional<Digest> about = {};
};

/// Images on their way from one place to another: every document once, those that others list or
/// speak of before them, indexes after all manifests and other referrers.
struct Cargo {
  std::vector<CargoDocument> documents;
  std::vector<CargoName> names;  ///< in order of index.json; then cosign's, then platform tags
  std::vector<Digest> roots;     ///< what was asked for, named or not: in the order of index.json
  std::vector<Replaced> replaced = {};
  /// The bytes of a blob, not checked; nothing when it is not there.
  std::function<std::optional<Body>(const Descriptor&)> find;

  /// The document with a digest, or null. The first call looks at all of them, so that only those
  /// after it may come from several threads; gather() made it.
  [[nodiscard]] const CargoDocument* document(const Digest& digest) const;

 private:
  mutable std::map<Digest, std::size_t> places_;  // of documents
};

/// Descriptors of the documents that speak of a digest: by `subject`, or by a tag of cosign's,
/// which then stands in their ref.name annotation. In a fixed order.
using Referrers = std::function<std::vector<Descriptor>(const Digest&)>;

struct CargoOptions {
  std::vector<Platform> platforms = {};    ///< exactly these; empty: all
  std::optional<ImageFormat> format = {};  ///< convert what is in another one
  bool platform_tags = false;
};

/// Gathers what lies below @p selected (descriptors of index.json, with their names), narrowed and
/// converted as @p options say, and what speaks of those documents that stayed as they are.
/// Reads documents only. Throws Errc::not_found for a document that is missing, Errc::corrupt for
/// one that is not what its descriptor says, and as narrow() and convert() do.
Cargo gather(const ImageStore& store, const std::vector<Descriptor>& selected,
             const Referrers& referrers, const CargoOptions& options, Progress& progress);

/// Who speaks of what in a layout or archive: its whole index.json is looked through once.
Referrers referrers_in(const ImageStore& store);

}  // namespace ocimux
