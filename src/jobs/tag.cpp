#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/cargo_documents.hpp"
#include "jobs/edit_json.hpp"
#include "jobs/edit_place.hpp"
#include "jobs/edit_target.hpp"
#include "jobs/naming.hpp"
#include "spec/descriptor_json.hpp"

#include <algorithm>

namespace ocimux {
namespace {

/// The entry that further names are made of. What an index lists may be named, too, by its digest;
/// what the index says of it beside its platform is the index's.
Json entry_of(const Edit& edit, const LocalReference& reference, Progress& progress) {
  if (reference.digest) {
    Descriptor found = select(edit.store, reference).front();
    const auto& entries = edit.store.index.manifests;
    if (std::none_of(entries.begin(), entries.end(),
                     [&](const Descriptor& entry) { return entry.digest == found.digest; })) {
      found.annotations.clear();
      return to_json(found);
    }
  }
  const EditTarget target = edit_target(edit.store, reference, progress);
  return array_member(edit.index_json, "manifests")[target.places.front()];
}

// A name for what is missing or damaged would only be found out by who pulls it. What is no
// document may be of any size: that is not read under the lock.
void check_named(const ImageStore& store, const Json& entry) {
  const Descriptor descriptor = parse_descriptor(entry);
  if (is_document(descriptor)) {
    static_cast<void>(read_checked(store, descriptor));
  } else {
    static_cast<void>(find_checked(store, descriptor));
  }
}

Json named(Json entry, const ImageName& name) {
  std::optional<std::string> full;
  if (!name.full.empty()) full = name.full;
  change_annotations(entry, {{std::string(annotation::ref_name), name.tag},
                             {std::string(annotation::image_name), std::move(full)}});
  return entry;
}

/// Puts names into index.json, one after the other.
class Tagging {
 public:
  Tagging(Json entry, Json::Array entries, ExistingTags tags)
      : entry_(std::move(entry)), entries_(std::move(entries)), tags_(tags) {}

  EditedName put(const ImageName& name) {
    const Digest digest = parse_descriptor(entry_).digest;
    EditedName result{name.tag, name.full, std::nullopt, digest};
    bool same = true;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Descriptor there = parse_descriptor(entries_[i]);
      if (!has_name(there, name)) continue;
      places.push_back(i);
      same = same && there.digest == digest;
      if (!result.before || there.digest != digest) result.before = there.digest;
    }
    if (places.empty()) {
      entries_.push_back(named(entry_, name));
    } else if (!same) {
      move(name, places);
    } else if (!name.full.empty()) {
      // A bare tag for the same gets its full name.
      entries_[places.front()] = named(entries_[places.front()], name);
    }
    return result;
  }

  Json::Array take() { return std::move(entries_); }

 private:
  // The first entry of that name gets it; there is no other afterwards.
  void move(const ImageName& name, const std::vector<std::size_t>& places) {
    if (tags_ == ExistingTags::refused) {
      throw Error(Errc::already_exists, "expected no tag '" + name.string() + "', found one",
                  "--replace moves it");
    }
    std::vector<Descriptor> moved;
    for (const std::size_t place : places) moved.push_back(parse_descriptor(entries_[place]));
    refuse_ambiguous_name(moved, name);
    entries_[places.front()] = named(entry_, name);
    for (std::size_t i = places.size(); i-- > 1;) {
      entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(places[i]));
    }
  }

  Json entry_;
  Json::Array entries_;
  ExistingTags tags_;
};

}  // namespace

EditResult tag(const TagOptions& options, Progress& progress, const std::stop_token& stop) {
  const std::vector<ImageName> names = parse_names(options.tags);
  if (names.empty()) throw Error(Errc::invalid_argument, "expected a new tag, found none");
  const LocalReference reference = LocalReference::parse(options.edit.reference);
  const ExistingTags tags = options.replace ? ExistingTags::moved : ExistingTags::refused;
  EditResult result;
  const auto step = [&](Edit& edit) {
    Json entry = entry_of(edit, reference, progress);
    check_named(edit.store, entry);
    Tagging tagging(std::move(entry), array_member(edit.index_json, "manifests"), tags);
    result = {};
    for (const ImageName& name : names) result.names.push_back(tagging.put(name));
    edit.index_json.set("manifests", tagging.take());
  };
  edit_place(reference, options.edit, step, progress, stop);
  return result;
}

}  // namespace ocimux
