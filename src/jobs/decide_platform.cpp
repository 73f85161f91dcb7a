#include "jobs/decide_platform.hpp"

#include <ocimux/base/error.hpp>

#include "spec/windows_version.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace ocimux {
namespace {

constexpr const char* binaries_name = "its binaries";
constexpr const char* file_name = "its file name";

/// What one witness says.
struct Saying {
  std::string witness;
  Platform platform;

  [[nodiscard]] bool is_of_binaries() const { return witness == binaries_name; }
};

// Releases of Windows that differ in a switch alone share their binaries, which carry the version
// of the first: those of 20H2 (19042) say 19041.
std::string version_of_release(const std::string& told, const Image& image) {
  if (told.empty() || !image.name_platform || image.name_platform->os_version.empty()) return told;
  const std::string& named = image.name_platform->os_version;
  const std::size_t revision = told.rfind('.');
  const bool shared = is_same_windows_code(told, named) &&
                      std::count(named.begin(), named.end(), '.') == 2 &&
                      std::count(told.begin(), told.end(), '.') == 3;
  return shared ? named + told.substr(revision) : told;
}

bool says_anything(const Platform& platform) {
  return !platform.os.empty() && !platform.architecture.empty();
}

/// All that is said of an image, the most trusted witness first.
std::vector<Saying> sayings_about(const Image& image, const Witnesses& witnesses) {
  std::vector<Saying> sayings;
  const auto add = [&](const char* witness, const std::optional<Platform>& platform) {
    if (platform && says_anything(*platform)) sayings.push_back({witness, *platform});
  };
  add("the command line", witnesses.command_line);
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    add("its descriptor", stored->descriptor.platform);
    add("its config", stored->config.platform);
  } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    add("its config", saved->config.platform);
  }
  add("the config given for it", witnesses.given_config);
  add("its base", witnesses.base);
  if (witnesses.binaries != nullptr) {
    std::optional<Platform> told = witnesses.binaries->platform();
    if (told) told->os_version = version_of_release(told->os_version, image);
    add(binaries_name, told);
  }
  add(file_name, image.name_platform);
  return sayings;
}

bool versions_agree(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() || version_within(a, b) || version_within(b, a);
}

// What one leaves open is no contradiction: many configs have no variant.
bool agree(const Platform& a, const Platform& b) {
  const Platform x = a.normalized();
  const Platform y = b.normalized();
  const bool variants = a.variant.empty() || b.variant.empty() || x.variant == y.variant;
  return x.os == y.os && x.architecture == y.architecture && variants &&
         versions_agree(x.os_version, y.os_version);
}

std::string contradiction(const Saying& a, const Saying& b) {
  return "expected one platform, found " + a.platform.string() + " (" + a.witness + ") and " +
         b.platform.string() + " (" + b.witness + ")";
}

template <typename T>
T first_of(const std::vector<Saying>& sayings, T Platform::*part) {
  for (const Saying& saying : sayings) {
    if (!(saying.platform.*part).empty()) return saying.platform.*part;
  }
  return {};
}

/// The options that set parts of a platform are witnesses, too, and more trusted than all others.
std::vector<Saying> options_about(const Platform& platform, const MergeOptions& options) {
  std::vector<Saying> sayings;
  const auto add = [&](const char* option, const Platform& part) {
    sayings.push_back({option, part});
  };
  Platform base{platform.os, platform.architecture};
  if (const auto values = values_for(platform, options.variants); !values.empty()) {
    Platform part = base;
    part.variant = values.back();
    add("--variant", part);
  }
  if (const auto values = values_for(platform, options.os_versions); !values.empty()) {
    Platform part = base;
    part.os_version = values.back();
    add("--os-version", part);
  }
  if (const auto values = values_for(platform, options.os_features); !values.empty()) {
    Platform part = base;
    part.os_features = values.back();
    add("--os-features", part);
  }
  return sayings;
}

void note_guessed_version(const Image& image, const std::vector<Saying>& sayings,
                          const Platform& platform, Progress& progress) {
  if (platform.os != "windows") return;
  if (platform.os_version.empty()) {
    progress.warn(
        "nothing says its os.version: Windows nodes may refuse it (--os-version sets it)");
    return;
  }
  const auto first = std::find_if(sayings.begin(), sayings.end(), [](const Saying& saying) {
    return !saying.platform.os_version.empty();
  });
  if (first->is_of_binaries()) {
    progress.note("os.version " + platform.os_version +
                  " is taken from its binaries; its base may have a later revision (--os-version "
                  "sets it)");
  } else if (first->witness == file_name && !image.windows_name.empty()) {
    progress.note("os.version " + platform.os_version + " is taken from '" + image.windows_name +
                  "' in its file name; its revision is not known (--os-version sets it)");
  }
}

std::vector<std::string> contradictions_in(const std::vector<Saying>& sayings) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < sayings.size(); ++i) {
    for (std::size_t j = i + 1; j < sayings.size(); ++j) {
      if (sayings[i].is_of_binaries() || sayings[j].is_of_binaries()) continue;
      if (!agree(sayings[i].platform, sayings[j].platform)) {
        all.push_back(contradiction(sayings[i], sayings[j]));
      }
    }
  }
  return all;
}

// Under --allow-mismatch some may speak of another platform altogether.
std::vector<Saying> those_about(const Platform& platform, std::vector<Saying> sayings) {
  const Platform wanted = platform.normalized();
  std::erase_if(sayings, [&](const Saying& saying) {
    const Platform said = saying.platform.normalized();
    return said.os != wanted.os || said.architecture != wanted.architecture;
  });
  return sayings;
}

// What was said by people and documents; by the binaries where nobody else says anything.
PlatformDecision claim_of(std::vector<Saying> sayings) {
  if (std::any_of(sayings.begin(), sayings.end(),
                  [](const Saying& saying) { return !saying.is_of_binaries(); })) {
    std::erase_if(sayings, [](const Saying& saying) { return saying.is_of_binaries(); });
  }
  const std::string claimant = sayings.front().witness;
  Platform claim = sayings.front().platform.normalized();
  sayings = those_about(claim, std::move(sayings));
  claim.variant = first_of(sayings, &Platform::variant);
  if (!claim.variant.empty()) claim = claim.normalized();
  claim.os_version = first_of(sayings, &Platform::os_version);
  return {{}, claim, claimant, {}};
}

// Binaries tell the build; their revision lags behind the image's.
bool is_other_windows(const std::string& told, const std::string& said) {
  return !told.empty() && !said.empty() && !is_same_windows_code(told, said);
}

}  // namespace

PlatformDecision decide_platform(const Image& image, const Witnesses& witnesses,
                                 const MergeOptions& options, Progress& progress) {
  const std::vector<Saying> sayings = sayings_about(image, witnesses);
  if (sayings.empty()) {
    throw Error(Errc::invalid_argument,
                "expected to learn its platform from its file name "
                "(…-<os>[-<os version>]-<arch>[-<variant>].tar), a config or its binaries, found "
                "nothing",
                "say it in front of the input: linux/amd64=" + image.origin);
  }
  // Selectors see what the witnesses say, not yet what the options make of it.
  Platform seen = sayings.front().platform;
  const std::vector<Saying> its = those_about(seen, sayings);
  seen.variant = first_of(its, &Platform::variant);
  seen.os_version = first_of(its, &Platform::os_version);
  std::vector<Saying> all = options_about(seen.normalized(), options);
  all.insert(all.end(), sayings.begin(), sayings.end());
  PlatformDecision decision = claim_of(all);
  decision.contradictions = contradictions_in(all);
  Platform& platform = decision.platform;
  platform.os = sayings.front().platform.os;
  platform.architecture = sayings.front().platform.architecture;
  const std::vector<Saying> agreeing = those_about(sayings.front().platform, all);
  platform.os_version = first_of(agreeing, &Platform::os_version);
  platform.os_features = first_of(agreeing, &Platform::os_features);
  // A program for arm/v6 is at home in an image for v7: what is said goes before what is needed.
  const bool as_claimed = decision.claim.architecture == platform.normalized().architecture;
  platform.variant = as_claimed ? decision.claim.variant : "";
  if (platform.variant.empty()) platform.variant = first_of(agreeing, &Platform::variant);
  platform = platform.normalized();
  note_guessed_version(image, all, decision.platform, progress);
  return decision;
}

std::optional<std::string> lie_about(const PlatformTruth& binaries,
                                     const PlatformDecision& decision) {
  const Platform& claim = decision.claim;
  const std::string as_said = decision.claimant == binaries_name
                                  ? ", like the others"
                                  : ", as " + decision.claimant + " says";
  if (const auto program = binaries.against(claim)) {
    Platform expected = claim;
    expected.os_version.clear();
    return program->path + ": expected a binary for " + expected.string() + as_said + ", found " +
           program->executable.string();
  }
  const auto told = binaries.platform();
  if (told && is_other_windows(told->os_version, claim.os_version)) {
    return "expected the binaries of Windows " + claim.os_version + as_said + ", found those of " +
           told->os_version;
  }
  return std::nullopt;
}

std::optional<std::string> surprise_in(const PlatformTruth& binaries, const Platform& platform) {
  const auto program = binaries.needing_more(platform);
  if (!program) return std::nullopt;
  const bool amd64 = platform.architecture == "amd64";
  return program->path + " asks for a processor of " + platform.architecture + "/" +
         program->executable.variant + ", more than " + platform.string() + " promises" +
         (amd64 ? " (--variant sets it, but many nodes pass such images by)"
                : " (it may find out at run time what there is)");
}

}  // namespace ocimux
