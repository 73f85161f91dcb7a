#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>

#include "jobs/edit_index.hpp"
#include "jobs/edit_referrers.hpp"
#include "jobs/edit_untag.hpp"

#include <algorithm>

namespace ocimux {
namespace {

EditResult remove_images(Edit& edit, const LocalReference& reference,
                         const std::vector<std::string>& selectors, Progress& progress) {
  EditedIndex edited = open_index(edit, edit_target(edit.store, reference, progress));
  const std::vector<std::size_t> picked = pick(edit.store, edited.index, selectors);
  std::set<std::size_t> gone(picked.begin(), picked.end());
  std::set<Digest> images;
  for (const std::size_t place : picked) images.insert(edited.index.manifests[place].digest);
  const std::set<std::size_t> attestations = attestations_of(edited.index, images, gone);
  if (!attestations.empty()) {
    progress.note(edit.store.name + ": " + std::to_string(attestations.size()) +
                  " attestations of what is removed go with it");
  }
  gone.insert(attestations.begin(), attestations.end());

  const std::vector<std::size_t> all = pick(edit.store, edited.index, {});
  if (std::all_of(all.begin(), all.end(),
                  [&](std::size_t place) { return gone.contains(place); })) {
    throw Error(Errc::invalid_argument, "expected an image to stay in the index, found none left",
                "ocimux untag takes the index as a whole out of the layout");
  }
  EditResult result;
  erase_entries(edited, gone, result);
  put_index(edit, edited, result);
  images.insert(edited.target.descriptor.digest);
  tell_of_referrers(edit.store, images, "still refers to that, and keeps it", progress);
  return result;
}

}  // namespace

EditResult remove(const RemoveOptions& options, Progress& progress, const std::stop_token& stop) {
  const LocalReference reference = options.selectors.empty()
                                       ? parse_removed(options.edit.reference)
                                       : LocalReference::parse(options.edit.reference);
  EditResult result;
  const auto step = [&](Edit& edit) {
    result = options.selectors.empty()
                 ? remove_entries(edit, {reference}, progress)
                 : remove_images(edit, reference, options.selectors, progress);
  };
  edit_place(reference, options.edit, step, progress, stop);
  return result;
}

}  // namespace ocimux
