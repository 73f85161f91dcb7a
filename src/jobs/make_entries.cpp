#include "jobs/make_entries.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/annotations.hpp>

#include "jobs/decide_platform.hpp"

#include <algorithm>

// Each image for itself: its base, its platform, its config, and whether all that speaks of it
// agrees.

namespace ocimux {
namespace {

/// Puts where a note belongs in front of it.
class PrefixedProgress final : public Progress {
 public:
  PrefixedProgress(Progress& next, std::string prefix) : next_(next), prefix_(std::move(prefix)) {}
  Task begin(std::string_view name, std::int64_t bytes) override {
    return next_.begin(name, bytes);
  }
  void advance(Task task, std::int64_t bytes) override { next_.advance(task, bytes); }
  void end(Task task) override { next_.end(task); }
  void note(std::string_view text) override { next_.note(prefix_ + std::string(text)); }
  void warn(std::string_view text) override { next_.warn(prefix_ + std::string(text)); }

 private:
  Progress& next_;
  std::string prefix_;
};

void refuse_contradictions(const PlatformTruth& binaries, const PlatformDecision& decision,
                           const MergeOptions& options, Progress& progress) {
  std::vector<std::string> all = decision.contradictions;
  if (auto lie = lie_about(binaries, decision)) all.push_back(std::move(*lie));
  for (const std::string& text : all) {
    if (!options.allow_mismatch) {
      throw Error(Errc::conflict, text,
                  "correct the one that is wrong, or merge it as " + decision.platform.string() +
                      " with --allow-mismatch");
    }
    progress.warn(text);
  }
  if (const auto surprise = surprise_in(binaries, decision.platform)) progress.warn(*surprise);
}

// Others are left out in the end: what they are does not matter.
bool is_wanted(const Platform& platform, const MergeOptions& options) {
  return options.platforms.empty() ||
         std::any_of(options.platforms.begin(), options.platforms.end(),
                     [&](const Platform& wanted) { return same_platform(wanted, platform); });
}

// What is known of a root filesystem before its base has its say.
Platform known_platform(const Image& image, const Witnesses& witnesses,
                        const MergeOptions& options) {
  const Platform name = image.name_platform.value_or(Platform{});
  const Platform binaries = witnesses.binaries->platform().value_or(Platform{});
  Platform known = name.os.empty() ? binaries : name;
  if (witnesses.given_config && !witnesses.given_config->os.empty()) {
    known = *witnesses.given_config;
  }
  if (witnesses.command_line) known = *witnesses.command_line;
  if (known.os_version.empty() && known.os == name.os) known.os_version = name.os_version;
  // The revision of its files may be an older one than the image's.
  if (known.os_version.empty() && known.os == binaries.os) {
    known.os_version = binaries.os_version.substr(0, binaries.os_version.rfind('.'));
  }
  const auto versions = values_for(known, options.os_versions);
  if (!versions.empty()) known.os_version = versions.back();
  return known;
}

void tell_of_base(Entry& entry, const MergeOptions& options) {
  if (!entry.base || options.format == ImageFormat::docker) return;
  auto& annotations = entry.manifest_annotations;
  if (const auto digest = entry.base->digest()) {
    annotations[std::string(annotation::base_digest)] = digest->string();
  }
  if (!entry.base->name.empty()) {
    annotations[std::string(annotation::base_name)] = entry.base->name;
  }
}

Entry make_entry(Image image, const std::optional<Platform>& said, const Programs& programs,
                 const Given& given, const MergeOptions& options, Progress& progress) {
  const std::string origin = image.origin;
  return within(origin, [&] {
    PrefixedProgress notes(progress, origin + ": ");
    Entry entry{std::move(image), {}};
    if (entry.is_attestation()) {
      entry.platform = {"unknown", "unknown"};
      return entry;
    }
    const bool rootfs = std::holds_alternative<RootfsImage>(entry.image.content);
    PlatformTruth binaries(programs);
    Witnesses witnesses{said};
    witnesses.binaries = &binaries;
    if (rootfs) {
      witnesses.given_config = given.configs.platform_for(entry.image, said);
      entry.base = given.bases.choose(known_platform(entry.image, witnesses, options));
      if (entry.base) witnesses.base = entry.base->platform;
    } else {
      binaries.set_config(config_of(entry.image));
    }
    const PlatformDecision decision = decide_platform(entry.image, witnesses, options, notes);
    entry.platform = decision.platform;
    if (rootfs) {
      given.configs.apply(entry, notes);
      binaries.set_config(*entry.config);
    }
    if (is_wanted(entry.platform, options)) {
      refuse_contradictions(binaries, decision, options, notes);
    }
    tell_of_base(entry, options);
    return entry;
  });
}

}  // namespace

std::vector<Entry> make_entries(std::vector<Input> inputs, const ImagePrograms& programs,
                                const Given& given, const MergeOptions& options,
                                Progress& progress) {
  std::vector<Entry> entries;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::optional<Platform>& said = options.inputs[i].platform;
    const auto images = std::count_if(
        inputs[i].images.begin(), inputs[i].images.end(),
        [](const Image& image) { return !std::holds_alternative<Attestation>(image.content); });
    if (said && images > 1) {
      throw Error(Errc::invalid_argument,
                  inputs[i].name + ": expected one image for " + said->string() + ", found " +
                      std::to_string(images),
                  "leave out '" + said->string() + "=', and pick platforms with --platform");
    }
    for (Image& image : inputs[i].images) {
      const Programs its = within(image.origin, [&] { return programs.of(image); });
      entries.push_back(make_entry(std::move(image), said, its, given, options, progress));
    }
  }
  return entries;
}

}  // namespace ocimux
