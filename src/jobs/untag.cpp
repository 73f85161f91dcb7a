#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/edit_place.hpp"
#include "jobs/edit_referrers.hpp"
#include "jobs/edit_target.hpp"
#include "jobs/edit_untag.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace ocimux {
namespace {

/// By place, so that all that is done to one is one change.
std::map<std::string, std::vector<LocalReference>> by_place(
    const std::vector<std::string>& references) {
  std::map<std::string, std::vector<LocalReference>> places;
  for (const std::string& text : references) {
    LocalReference reference = parse_removed(text);
    places[reference.path.string()].push_back(std::move(reference));
  }
  return places;
}

}  // namespace

LocalReference parse_removed(const std::string& text) {
  LocalReference reference = LocalReference::parse(text);
  if (reference.tag.empty() && !reference.digest) {
    throw Error(Errc::invalid_argument, text + ": expected LAYOUT:TAG or LAYOUT@DIGEST, found none",
                "ocimux ls " + text + " says what there is");
  }
  return reference;
}

EditResult remove_entries(Edit& edit, const std::vector<LocalReference>& references,
                          Progress& progress) {
  std::set<std::size_t> places;
  for (const LocalReference& reference : references) {
    const EditTarget target = edit_target(edit.store, reference, progress);
    places.insert(target.places.begin(), target.places.end());
  }
  EditResult result;
  Json::Array left;
  std::set<Digest> removed;
  for (std::size_t i = 0; i < edit.store.index.manifests.size(); ++i) {
    if (!places.contains(i)) {
      left.push_back(array_member(edit.index_json, "manifests")[i]);
      continue;
    }
    const Descriptor& entry = edit.store.index.manifests[i];
    result.names.push_back(name_of_entry(entry));
    result.names.back().before = entry.digest;
    removed.insert(entry.digest);
  }
  edit.index_json.set("manifests", std::move(left));
  for (std::size_t i = 0; i < edit.store.index.manifests.size(); ++i) {
    if (!places.contains(i)) removed.erase(edit.store.index.manifests[i].digest);
  }
  tell_of_referrers(edit.store, removed,
                    "stays, and keeps it: ocimux untag PATH@DIGEST removes that, too", progress);
  return result;
}

EditResult untag(const UntagOptions& options, Progress& progress, const std::stop_token& stop) {
  if (options.references.empty()) {
    throw Error(Errc::invalid_argument, "expected LAYOUT:TAG, found none");
  }
  EditResult all;
  for (const auto& [path, references] : by_place(options.references)) {
    EditResult result;
    const auto step = [&](Edit& edit) { result = remove_entries(edit, references, progress); };
    edit_place(references.front(), {path, options.dry_run, options.sync}, step, progress, stop);
    all.names.insert(all.names.end(), result.names.begin(), result.names.end());
  }
  return all;
}

}  // namespace ocimux
