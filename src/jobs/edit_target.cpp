#include "jobs/edit_target.hpp"

#include <ocimux/base/error.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/cargo_roots.hpp"
#include "jobs/names.hpp"

#include <algorithm>
#include <set>

namespace ocimux {
namespace {

bool is_entry(const Descriptor& a, const Descriptor& b) {
  return a.digest == b.digest && a.annotations == b.annotations;
}

// Without a tag or digest: what stands for itself, not what speaks of it.
std::vector<Descriptor> selected(const ImageStore& store, const LocalReference& reference,
                                 Progress& progress) {
  if (reference.digest) {
    std::vector<Descriptor> entries = store.index.manifests;
    std::erase_if(entries,
                  [&](const Descriptor& entry) { return entry.digest != reference.digest; });
    return entries;
  }
  if (!reference.tag.empty()) return select(store, reference);
  Documents documents(store);
  return cargo_roots(documents, store.index.manifests, progress);
}

Error several(const std::vector<Descriptor>& entries) {
  std::string names;
  std::set<std::string> told;
  for (const Descriptor& entry : entries) {
    const EditedName name = name_of_entry(entry);
    const std::string text = name.tag.empty() ? entry.digest.string() : text_of(name);
    if (told.insert(text).second) names += (names.empty() ? "" : ", ") + text;
  }
  if (told.size() == 1) {
    return {Errc::conflict, "expected one image, found several under one name: " + names,
            "name it with PATH@DIGEST, or make one index of them with ocimux merge"};
  }
  return {Errc::conflict, "expected one image, found " + names,
          "name one with PATH:TAG or PATH@DIGEST"};
}

}  // namespace

EditTarget edit_target(const ImageStore& store, const LocalReference& reference,
                       Progress& progress) {
  const std::vector<Descriptor> entries = selected(store, reference, progress);
  if (entries.empty()) {
    throw Error(Errc::not_found,
                "expected " + (reference.digest ? reference.digest->string() : "an image") +
                    " in index.json, found none",
                reference.digest ? "ocimux ls says what there is; what an index lists is picked "
                                   "with PATH:TAG SELECTOR"
                                 : "");
  }
  for (const Descriptor& entry : entries) {
    if (entry.digest != entries.front().digest) throw several(entries);
  }
  EditTarget target{entries.front(), {}};
  for (std::size_t i = 0; i < store.index.manifests.size(); ++i) {
    if (std::any_of(entries.begin(), entries.end(), [&](const Descriptor& entry) {
          return is_entry(entry, store.index.manifests[i]);
        })) {
      target.places.push_back(i);
    }
  }
  return target;
}

EditedName name_of_entry(const Descriptor& entry) {
  const auto name = name_of(entry);
  if (!name) return {tag_of(entry), {}};
  return {name->tag, name->full};
}

std::string text_of(const EditedName& name) {
  if (!name.name.empty()) return name.name;
  return name.tag.empty() ? "an entry without a name" : name.tag;
}

}  // namespace ocimux
