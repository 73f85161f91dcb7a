#include <ocimux/base/error.hpp>
#include <ocimux/jobs/edit.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/annotate_platform.hpp"
#include "jobs/describe.hpp"
#include "jobs/edit_index.hpp"
#include "jobs/edit_json.hpp"
#include "jobs/edit_referrers.hpp"
#include "jobs/same_images.hpp"

#include <algorithm>
#include <utility>

namespace ocimux {
namespace {

AnnotationScope scope_of(const AnnotationEdit& annotation, const AnnotateOptions& options) {
  return annotation.scope.value_or(options.selectors.empty() ? AnnotationScope::index
                                                             : AnnotationScope::descriptor);
}

/// Changes entries of an index, or of index.json, one after the other.
class Annotating {
 public:
  Annotating(Edit& edit, const AnnotateOptions& options, Progress& progress, std::stop_token stop)
      : edit_(edit), options_(options), progress_(progress), stop_(std::move(stop)) {}

  /// Changes @p json, which says @p listed.
  void change(Json& json, const Descriptor& listed) {
    const auto platform = listed_platform(edit_.store, listed);
    if (options_.platform.any()) {
      change_platform(json, changed_platform(edit_.store, listed, options_, progress_, stop_));
    }
    const Platform known = platform.value_or(listed.platform.value_or(Platform{}));
    change_annotations(json, changes(AnnotationScope::descriptor, known));
    change_manifest(json, listed, changes(AnnotationScope::manifest, known));
  }

  /// Of one scope, for an image of that platform.
  [[nodiscard]] AnnotationChanges changes(AnnotationScope scope, const Platform& platform) const {
    AnnotationChanges changes;
    for (const AnnotationEdit& annotation : options_.annotations) {
      if (scope_of(annotation, options_) != scope || !annotation.selector.matches(platform))
        continue;
      changes.insert_or_assign(annotation.key, annotation.value);
    }
    return changes;
  }

  [[nodiscard]] const std::vector<Replaced>& replaced() const { return replaced_; }

 private:
  void change_manifest(Json& json, const Descriptor& listed, const AnnotationChanges& changes) {
    if (changes.empty()) return;
    if (listed.media_type != media_type::oci_manifest) {
      throw Error(Errc::invalid_argument,
                  listed.digest.string() +
                      ": expected an OCI manifest to annotate, found one of type " +
                      listed.media_type + ", which has no annotations");
    }
    const std::string text = read_checked(edit_.store, listed);
    Json manifest = within(listed.digest.string(), [&] { return Json::parse(text); });
    const std::string before = manifest.dump();
    change_annotations(manifest, changes);
    const std::string after = manifest.dump();
    if (after == before) return;
    check_size(after);
    const Blob made = edit_.put(after, listed.digest.algorithm());
    change_content(json, made.digest, made.size);
    replaced_.push_back({listed.digest, made.digest,
                         listed.platform ? listed.platform->normalized().string() : "manifest"});
  }

  Edit& edit_;
  const AnnotateOptions& options_;
  Progress& progress_;
  std::stop_token stop_;
  std::vector<Replaced> replaced_;
};

bool has_scope(const AnnotateOptions& options, AnnotationScope scope) {
  return std::any_of(
      options.annotations.begin(), options.annotations.end(),
      [&](const AnnotationEdit& annotation) { return scope_of(annotation, options) == scope; });
}

// An index may hold what contradicts itself already; what an edit changes must not.
void refuse_duplicates(const ImageStore& store, const Index& index,
                       const std::vector<std::size_t>& changed) {
  std::vector<std::optional<Platform>> platforms;
  for (const Descriptor& listed : index.manifests) {
    platforms.push_back(listed.platform && !listed.platform->unknown()
                            ? std::optional(listed.platform->normalized())
                            : listed_platform(store, listed));
  }
  for (const std::size_t i : changed) {
    for (std::size_t j = 0; j < platforms.size(); ++j) {
      if (i == j || !platforms[i] || !platforms[j]) continue;
      if (!tells_nothing_apart(*platforms[i], *platforms[j])) continue;
      throw Error(Errc::conflict,
                  platforms[i]->string() +
                      ": expected one image, found two: " + index.manifests[i].digest.string() +
                      " and " + index.manifests[j].digest.string(),
                  "ocimux rm removes one of them");
    }
  }
}

void refuse_docker_annotations(const Index& index, const AnnotateOptions& options) {
  if (index.media_type != media_type::docker_list) return;
  for (const AnnotationEdit& annotation : options.annotations) {
    if (scope_of(annotation, options) == AnnotationScope::manifest || !annotation.value) continue;
    throw Error(Errc::invalid_argument,
                "expected no annotations with Docker's format, whose lists have none, found " +
                    annotation.key,
                "ocimux merge PATH:TAG --format oci makes an OCI index of it");
  }
}

void refuse_several(const ImageStore& store, const Index& index, const AnnotateOptions& options,
                    const std::vector<std::size_t>& picked) {
  if (!options.platform.any() || !options.selectors.empty() || picked.size() == 1) return;
  std::string platforms;
  for (const std::size_t place : picked) {
    const auto platform = listed_platform(store, index.manifests[place]);
    platforms += (platforms.empty() ? "" : ", ") +
                 (platform ? platform->string() : index.manifests[place].digest.string());
  }
  throw Error(Errc::invalid_argument,
              "expected a selector that says whose platform is to be changed, found none and " +
                  (picked.empty() ? "no images" : "images for " + platforms),
              "name one of them behind REF, or a digest");
}

// An attestation speaks of one manifest, byte for byte.
void drop_attestations(EditedIndex& edited, const std::vector<std::size_t>& picked,
                       const std::vector<Replaced>& replaced, EditResult& result,
                       Progress& progress) {
  std::set<Digest> images;
  for (const Replaced& one : replaced) images.insert(one.before);
  std::set<std::size_t> changed;
  for (const std::size_t place : picked) {
    if (images.contains(edited.index.manifests[place].digest)) changed.insert(place);
  }
  const std::set<std::size_t> gone = attestations_of(edited.index, images, changed);
  if (gone.empty()) return;
  progress.note(std::to_string(gone.size()) +
                " attestations were left out, because the images they speak of are others now");
  erase_entries(edited, gone, result);
}

EditResult annotate_index(Edit& edit, const EditTarget& target, const AnnotateOptions& options,
                          Progress& progress, const std::stop_token& stop) {
  EditedIndex edited = open_index(edit, target);
  refuse_docker_annotations(edited.index, options);
  const std::vector<std::size_t> picked = pick(edit.store, edited.index, options.selectors);
  refuse_several(edit.store, edited.index, options, picked);
  Annotating annotating(edit, options, progress, stop);
  if (options.platform.any() || has_scope(options, AnnotationScope::descriptor) ||
      has_scope(options, AnnotationScope::manifest)) {
    Json::Array entries = array_member(edited.json, "manifests");
    for (const std::size_t place : picked) {
      annotating.change(entries[place], edited.index.manifests[place]);
    }
    edited.json.set("manifests", std::move(entries));
  }
  if (options.platform.any()) {
    const Index now = Index::parse(edited.json.dump(), target.descriptor.media_type);
    refuse_duplicates(edit.store, now, picked);
  }
  change_annotations(edited.json, annotating.changes(AnnotationScope::index, {}));
  EditResult result;
  result.replaced = annotating.replaced();
  drop_attestations(edited, picked, result.replaced, result, progress);
  put_index(edit, edited, result);
  return result;
}

// The keys by which index.json names things.
void refuse_names(const AnnotateOptions& options) {
  for (const AnnotationEdit& annotation : options.annotations) {
    if (scope_of(annotation, options) != AnnotationScope::descriptor) continue;
    if (annotation.key != annotation::ref_name && annotation.key != annotation::image_name)
      continue;
    throw Error(Errc::invalid_argument,
                "expected no " + annotation.key + " here, which is a name in index.json, found one",
                "ocimux tag and ocimux untag change names");
  }
}

EditResult annotate_single(Edit& edit, const EditTarget& target, const AnnotateOptions& options,
                           Progress& progress, const std::stop_token& stop) {
  if (has_scope(options, AnnotationScope::index)) {
    throw Error(Errc::invalid_argument,
                "expected an index to annotate, found " + target.descriptor.digest.string() +
                    ", which is a single manifest",
                "--annotation manifest:KEY=VALUE annotates that");
  }
  refuse_names(options);
  const Index one{std::string(media_type::oci_index), {target.descriptor}};
  static_cast<void>(pick(edit.store, one, options.selectors));
  Annotating annotating(edit, options, progress, stop);
  Json::Array entries = array_member(edit.index_json, "manifests");
  EditResult result;
  for (const std::size_t place : target.places) {
    const Descriptor& entry = edit.store.index.manifests[place];
    annotating.change(entries[place], entry);
    EditedName name = name_of_entry(entry);
    name.before = entry.digest;
    name.after = Digest::parse(string_member(entries[place], "digest"));
    result.names.push_back(std::move(name));
  }
  edit.index_json.set("manifests", std::move(entries));
  return result;
}

void check(const AnnotateOptions& options) {
  if (!options.platform.any() && options.annotations.empty()) {
    throw Error(Errc::invalid_argument, "expected something to change, found nothing",
                "--annotation KEY=VALUE, --os-version VERSION, …");
  }
}

}  // namespace

EditResult annotate(const AnnotateOptions& options, Progress& progress,
                    const std::stop_token& stop) {
  check(options);
  const LocalReference reference = LocalReference::parse(options.edit.reference);
  EditResult result;
  const auto step = [&](Edit& edit) {
    const EditTarget target = edit_target(edit.store, reference, progress);
    const bool index = media_type::is_index(target.descriptor.media_type);
    result = index ? annotate_index(edit, target, options, progress, stop)
                   : annotate_single(edit, target, options, progress, stop);
    std::set<Digest> others;
    for (const Replaced& one : result.replaced) others.insert(one.before);
    if (!result.names.empty() && result.names.front().before != result.names.front().after) {
      others.insert(target.descriptor.digest);
    }
    tell_of_referrers(edit.store, others, "still refers to that, not to what it became", progress);
  };
  edit_place(reference, options.edit, step, progress, stop);
  return result;
}

}  // namespace ocimux
