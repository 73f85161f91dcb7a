#include "jobs/arrange.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/make_entries.hpp"
#include "jobs/same_images.hpp"

#include <algorithm>
#include <set>

namespace ocimux {
namespace {

// Exactly the platforms that were asked for.
void filter(std::vector<Entry>& entries, const std::vector<Platform>& wanted) {
  if (wanted.empty()) return;
  for (const Platform& platform : wanted) {
    if (std::none_of(entries.begin(), entries.end(), [&](const Entry& entry) {
          return !entry.is_attestation() && same_platform(platform, entry.platform);
        })) {
      std::string found;
      for (const Entry& entry : entries) {
        if (!entry.is_attestation()) found += (found.empty() ? "" : ", ") + entry.platform.string();
      }
      throw Error(Errc::not_found,
                  "expected an image for " + platform.string() + ", found " + found);
    }
  }
  std::erase_if(entries, [&](const Entry& entry) {
    return !entry.is_attestation() &&
           std::none_of(wanted.begin(), wanted.end(), [&](const Platform& platform) {
             return same_platform(platform, entry.platform);
           });
  });
}

// An attestation speaks of one manifest; without it, or once it is another, it says nothing.
void settle_attestations(std::vector<Entry>& entries, const MergeOptions& options,
                         Progress& progress) {
  std::set<Digest> kept;
  for (const Entry& entry : entries) {
    const auto* stored = std::get_if<StoredImage>(&entry.image.content);
    const bool rewritten = !entry.manifest_annotations.empty() || options.recompress;
    if (stored != nullptr && !rewritten) kept.insert(stored->descriptor.digest);
  }
  std::erase_if(entries, [&](const Entry& entry) {
    if (!entry.is_attestation()) return false;
    const auto& subject = entry.attestation().subject;
    const bool drop = options.attestations == Attestations::drop;
    if (!drop && subject && kept.contains(*subject)) return false;
    if (!drop) {
      progress.note(entry.image.origin +
                    ": an attestation was left out, because the image it "
                    "speaks of is not in the result as it was");
    }
    return true;
  });
}

void refuse_duplicates(const std::vector<Entry>& entries) {
  for (std::size_t i = 0; i + 1 < entries.size(); ++i) {
    const Entry& a = entries[i];
    const Entry& b = entries[i + 1];
    if (b.is_attestation() || !tells_nothing_apart(a.platform, b.platform)) continue;
    const bool windows = a.platform.os == "windows";
    throw Error(Errc::conflict,
                a.platform.string() + ": expected one image, found two: " + a.image.origin +
                    " and " + b.image.origin,
                windows ? "give each its own os.version (PLATFORM=INPUT with "
                          "windows/amd64:10.0.20348, or --os-version)"
                        : "leave one out, name one image with PATH:TAG, or correct a platform "
                          "with PLATFORM=INPUT");
  }
}

bool in_index_order(const Entry& a, const Entry& b) {
  const auto order = index_order(a.platform, b.platform);
  if (order != 0 || !a.is_attestation() || !b.is_attestation()) return order < 0;
  return a.stored()->descriptor.digest < b.stored()->descriptor.digest;
}

void add_annotations(Entry& entry, const std::vector<AnnotationOption>& options) {
  if (entry.is_attestation()) return;
  std::vector<Selected<const AnnotationOption*>> all;
  for (const AnnotationOption& option : options) {
    if (option.scope != AnnotationScope::index) all.push_back({option.selector, &option});
  }
  for (const AnnotationOption* option : values_for(entry.platform, all)) {
    auto& to =
        option->scope == AnnotationScope::manifest ? entry.manifest_annotations : entry.annotations;
    to[option->key] = option->value;
  }
}

// Names are given anew, and a time of building would make two merges of the same images differ.
// Docker's list has no annotations; only what ties an attestation to its image stays.
void take_annotations(Entry& entry, const MergeOptions& options) {
  const StoredImage* stored = entry.stored();
  const bool docker = options.format == ImageFormat::docker && !entry.is_attestation();
  if (stored == nullptr || docker) return;
  entry.annotations = stored->descriptor.annotations;
  entry.annotations.erase(std::string(annotation::ref_name));
  entry.annotations.erase(std::string(annotation::image_name));
  entry.annotations.erase("org.opencontainers.image.created");
}

void refuse_annotations_of_docker(const Entry& entry, const MergeOptions& options) {
  const StoredImage* stored = entry.stored();
  const bool docker = stored != nullptr ? stored->manifest.media_type == media_type::docker_manifest
                                        : options.format == ImageFormat::docker;
  if (docker && !entry.manifest_annotations.empty()) {
    throw Error(Errc::invalid_argument,
                entry.image.origin +
                    ": expected an OCI manifest to annotate, found a Docker "
                    "manifest, which has no annotations");
  }
}

}  // namespace

std::vector<Entry> arrange(std::vector<Input> inputs, const MergeOptions& options,
                           Progress& progress, const std::stop_token& stop) {
  const Given given{{options, progress, stop}, {options, progress, stop}};
  const LookInto depth = options.strict ? LookInto::whole : LookInto::front;
  const ImagePrograms programs(inputs, depth, options.jobs, progress, stop);
  std::vector<Entry> entries = make_entries(std::move(inputs), programs, given, options, progress);
  filter(entries, options.platforms);
  for (Entry& entry : entries) {
    take_annotations(entry, options);
    add_annotations(entry, options.annotations);
    refuse_annotations_of_docker(entry, options);
  }
  settle_attestations(entries, options, progress);
  std::stable_sort(entries.begin(), entries.end(), in_index_order);
  refuse_duplicates(entries);
  refuse_idle_options(options, entries);
  if (entries.empty()) throw Error(Errc::not_found, "expected at least one image, found none");
  return entries;
}

}  // namespace ocimux
