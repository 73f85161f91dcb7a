#include "jobs/decide_platform.hpp"

#include <ocimux/base/error.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace ocimux {
namespace {

/// What one witness says.
struct Saying {
  std::string witness;
  Platform platform;
};

bool says_anything(const Platform& platform) {
  return !platform.os.empty() && !platform.architecture.empty();
}

/// All that is said of an image, the most trusted witness first.
std::vector<Saying> sayings_about(const Image& image, const std::optional<Platform>& said,
                                  const std::optional<Platform>& given_config,
                                  const std::optional<Platform>& base) {
  std::vector<Saying> sayings;
  const auto add = [&](const char* witness, const std::optional<Platform>& platform) {
    if (platform && says_anything(*platform)) sayings.push_back({witness, *platform});
  };
  add("the command line", said);
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    add("its descriptor", stored->descriptor.platform);
    add("its config", stored->config.platform);
  } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
    add("its config", saved->config.platform);
  }
  add("the config given for it", given_config);
  add("its base", base);
  add("its file name", image.name_platform);
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

void contradiction(const Saying& a, const Saying& b, const MergeOptions& options,
                   Progress& progress) {
  const std::string text = "expected one platform, found " + a.platform.string() + " (" +
                           a.witness + ") and " + b.platform.string() + " (" + b.witness + ")";
  if (!options.allow_mismatch) {
    throw Error(Errc::conflict, text,
                "correct the one that is wrong, or merge it as " + a.platform.string() +
                    " with --allow-mismatch");
  }
  progress.warn(text);
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
  const bool better_known = std::any_of(sayings.begin(), sayings.end(), [](const Saying& saying) {
    return saying.witness != "its file name" && !saying.platform.os_version.empty();
  });
  if (platform.os != "windows" || better_known) return;
  if (platform.os_version.empty()) {
    progress.warn(
        "nothing says its os.version: Windows nodes may refuse it (--os-version sets it)");
  } else if (!image.windows_name.empty()) {
    progress.note("os.version " + platform.os_version + " is taken from '" + image.windows_name +
                  "' in its file name; its revision is not known (--os-version sets it)");
  }
}

}  // namespace

Platform decide_platform(const Image& image, const std::optional<Platform>& said,
                         const std::optional<Platform>& given_config,
                         const std::optional<Platform>& base, const MergeOptions& options,
                         Progress& progress) {
  std::vector<Saying> sayings = sayings_about(image, said, given_config, base);
  if (sayings.empty()) {
    throw Error(Errc::invalid_argument,
                "expected to learn its platform from its file name "
                "(…-<os>[-<os version>]-<arch>[-<variant>].tar) or a config, found nothing",
                "say it in front of the input: linux/amd64=" + image.origin);
  }
  // Selectors see what the witnesses say, not yet what the options make of it.
  Platform seen = sayings.front().platform;
  seen.variant = first_of(sayings, &Platform::variant);
  seen.os_version = first_of(sayings, &Platform::os_version);
  std::vector<Saying> all = options_about(seen.normalized(), options);
  all.insert(all.end(), sayings.begin(), sayings.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      if (!agree(all[i].platform, all[j].platform)) {
        contradiction(all[i], all[j], options, progress);
      }
    }
  }
  Platform platform{sayings.front().platform.os, sayings.front().platform.architecture,
                    first_of(all, &Platform::variant), first_of(all, &Platform::os_version),
                    first_of(all, &Platform::os_features)};
  platform = platform.normalized();
  note_guessed_version(image, all, platform, progress);
  return platform;
}

}  // namespace ocimux
