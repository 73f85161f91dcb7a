#include "jobs/annotate_platform.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/media_types.hpp>

#include "jobs/cargo_platforms.hpp"
#include "jobs/decide_platform.hpp"
#include "jobs/image_programs.hpp"
#include "source/document_memory.hpp"

namespace ocimux {
namespace {

std::string known(const std::string& what, const std::string& name,
                  bool (*is_known)(std::string_view)) {
  if (is_known(name)) return name;
  throw Error(Errc::invalid_argument,
              "expected an " + what + " by the name that Go has for it, found '" + name + "'");
}

Platform with(Platform platform, const PlatformChange& change) {
  if (change.os) platform.os = known("operating system", *change.os, is_known_os);
  if (change.architecture) {
    platform.architecture = known("architecture", *change.architecture, is_known_architecture);
    // A variant is one of its architecture.
    if (!change.variant) platform.variant.clear();
  }
  if (change.variant) platform.variant = *change.variant;
  if (change.os_version) platform.os_version = *change.os_version;
  if (change.os_features) platform.os_features = *change.os_features;
  return platform.normalized();
}

// The one form has no variant where the architecture means it anyway, so the entry may stay as it
// is: who asked for it is to know why.
void tell_of_variant(const Platform& wanted, const PlatformChange& change, Progress& progress) {
  if (change.variant.value_or("").empty() || !wanted.variant.empty()) return;
  progress.note(wanted.string() + " means " + wanted.string() + "/" + *change.variant +
                " already: " + *change.variant + " is not written");
}

// What its index says of it is to be changed, and is no witness.
Input without_platform(const ImageStore& store, Descriptor listed) {
  listed.platform.reset();
  static_cast<void>(read_checked(store, listed));  // a missing one is no image without a config
  DocumentMemory memory;
  return {InputKind::layout, store.name, images_below(store, listed, memory, silent_progress()),
          store};
}

void refuse_contradictions(const Input& input, const Platform& wanted,
                           const AnnotateOptions& options, Progress& progress,
                           const std::stop_token& stop) {
  const ImagePrograms programs({input}, LookInto::front, options.jobs, progress, stop);
  const Image& image = input.images.front();
  const Programs its = programs.of(image);
  PlatformTruth binaries(its);
  binaries.set_config(config_of(image));
  Witnesses witnesses{wanted};
  witnesses.binaries = &binaries;
  const PlatformDecision decision = decide_platform(image, witnesses, {}, progress);
  std::vector<std::string> all = decision.contradictions;
  if (auto lie = lie_about(binaries, decision)) all.push_back(std::move(*lie));
  for (const std::string& text : all) {
    if (!options.allow_mismatch) {
      throw Error(Errc::conflict, text, "--allow-mismatch writes it all the same");
    }
    progress.warn(text);
  }
  if (const auto surprise = surprise_in(binaries, wanted)) progress.warn(*surprise);
}

}  // namespace

bool PlatformChange::any() const {
  return os || architecture || variant || os_version || os_features;
}

Platform changed_platform(const ImageStore& store, const Descriptor& listed,
                          const AnnotateOptions& options, Progress& progress,
                          const std::stop_token& stop) {
  if (is_attestation(listed) || !media_type::is_manifest(listed.media_type)) {
    throw Error(Errc::invalid_argument,
                listed.digest.string() +
                    ": expected an image whose platform is to be changed, found what is none");
  }
  const Input input = without_platform(store, listed);
  Platform before = listed.platform.value_or(Platform{});
  if (!listed.platform && !input.images.empty()) {
    if (const auto* stored = std::get_if<StoredImage>(&input.images.front().content)) {
      before = stored->config.platform;
    }
  }
  Platform wanted = with(std::move(before), options.platform);
  if (wanted.os.empty() || wanted.architecture.empty()) {
    throw Error(Errc::invalid_argument,
                listed.digest.string() +
                    ": expected an operating system and an architecture, "
                    "found '" +
                    wanted.string() + "'",
                "--os and --arch say them");
  }
  tell_of_variant(wanted, options.platform, progress);
  if (!input.images.empty()) refuse_contradictions(input, wanted, options, progress, stop);
  return wanted;
}

}  // namespace ocimux
