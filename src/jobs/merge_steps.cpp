#include "jobs/merge_steps.hpp"

#include "base/parallel.hpp"
#include "jobs/layer.hpp"
#include "jobs/registry_input.hpp"

#include <algorithm>

namespace ocimux {
namespace {

// The blobs of a layout that becomes an archive are read again: they must be nobody else's files.
BlobLink::Sharing sharing_of(const MergeOptions& options, OutputPlace::Kind place) {
  return options.hard_links && place == OutputPlace::Kind::layout
             ? BlobLink::Sharing::clones_and_names
             : BlobLink::Sharing::clones;
}

}  // namespace

IngestOptions ingest_options(const MergeOptions& options, OutputPlace::Kind place) {
  IngestOptions ingest{Compression::parse(options.compression),
                       options.recompress,
                       options.format,
                       std::max<std::size_t>(options.jobs, 1),
                       options.source_date_epoch,
                       sharing_of(options, place)};
  static_cast<void>(layer_media_type(ingest.compression.codec, options.format));
  return ingest;
}

void check_registries(const MergeOptions& options) {
  std::vector<std::string> references;
  for (const MergeInput& input : options.inputs) references.push_back(input.reference);
  for (const auto& from : options.configs_from) references.push_back(from.value);
  for (const auto& base : options.bases) references.push_back(base.value);
  check_credentials(options.registry, references);
}

std::vector<Input> look(const MergeOptions& options, Progress& progress,
                        const std::stop_token& stop) {
  // Parsed first, all of them: a name that is not there is told before anything is unpacked.
  std::vector<ImageReference> references;
  references.reserve(options.inputs.size());
  for (const MergeInput& input : options.inputs) {
    references.push_back(parse_reference(input.reference));
  }
  std::vector<Input> inputs(references.size());
  parallel_for(inputs.size(), options.jobs, stop, [&](std::size_t i, const std::stop_token& inner) {
    // What a registry has is still read from when this is over, and inner with it.
    const bool remote = std::holds_alternative<Reference>(references[i]);
    inputs[i] = read_any(references[i], options.registry, progress, remote ? stop : inner);
  });
  return inputs;
}

std::vector<MergedImage> merged_images(const std::vector<Entry>& entries) {
  std::vector<MergedImage> images;
  for (const Entry& entry : entries) {
    MergedImage image{entry.platform, entry.image.origin, entry.descriptor, entry.replaced};
    if (entry.is_attestation()) image.attests = entry.attestation().subject;
    if (entry.base) {
      image.base = {entry.base->reference, entry.base->digest(), entry.base->layers(),
                    entry.members ? entry.members->size() : 0};
    }
    images.push_back(std::move(image));
  }
  return images;
}

}  // namespace ocimux
