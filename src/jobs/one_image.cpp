#include "jobs/one_image.hpp"

#include <ocimux/base/error.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/decide_platform.hpp"

#include <string>
#include <vector>

namespace ocimux {
namespace {

std::optional<Platform> platform_of_rootfs(const Image& image, const RootfsImage& rootfs) {
  const PlatformTruth binaries(rootfs.programs);
  try {
    return decide_platform(image, {{}, {}, {}, &binaries}, {}, silent_progress()).platform;
  } catch (const Error&) {
    return std::nullopt;  // nobody says enough
  }
}

}  // namespace

std::optional<Platform> platform_of(const Image& image) {
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    Platform platform = stored->descriptor.platform.value_or(stored->config.platform);
    if (platform.os_version.empty()) platform.os_version = stored->config.platform.os_version;
    return platform;
  }
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) return saved->config.platform;
  if (const auto* rootfs = std::get_if<RootfsImage>(&image.content)) {
    return platform_of_rootfs(image, *rootfs);
  }
  return std::nullopt;
}

const Image& one_image(const Input& input, const std::optional<Platform>& wanted) {
  std::vector<const Image*> found;
  std::string platforms;
  for (const Image& image : input.images) {
    if (std::holds_alternative<Attestation>(image.content)) continue;
    const auto platform = platform_of(image);
    platforms += (platforms.empty() ? "" : ", ") +
                 (platform ? platform->string() : std::string("an unknown platform"));
    if (!wanted || !platform || same_platform(*wanted, *platform)) found.push_back(&image);
  }
  if (found.empty()) {
    throw Error(Errc::not_found, "expected an image" +
                                     (wanted ? " for " + wanted->string() : std::string()) +
                                     ", found " + (platforms.empty() ? "none" : platforms));
  }
  if (found.size() > 1) {
    throw Error(Errc::conflict, "expected one image, found several: " + platforms,
                wanted ? "name one with PATH:TAG or PATH@DIGEST" : "pick one with --platform");
  }
  return *found.front();
}

}  // namespace ocimux
