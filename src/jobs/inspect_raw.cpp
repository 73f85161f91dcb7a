#include <ocimux/jobs/inspect.hpp>

#include <ocimux/base/error.hpp>
#include <ocimux/spec/selector.hpp>

#include "jobs/registry_input.hpp"

#include <algorithm>
#include <set>

namespace ocimux {
namespace {

std::optional<Platform> platform_of(const Image& image) {
  if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
    Platform platform = stored->descriptor.platform.value_or(stored->config.platform);
    if (platform.os_version.empty()) platform.os_version = stored->config.platform.os_version;
    return platform;
  }
  if (const auto* saved = std::get_if<SavedImage>(&image.content)) return saved->config.platform;
  return std::nullopt;
}

/// The one image that the caller means.
const Image& one_image(const Input& input, const std::optional<Platform>& wanted) {
  std::vector<const Image*> found;
  std::string platforms;
  for (const Image& image : input.images) {
    const auto platform = platform_of(image);
    if (!platform) continue;
    platforms += (platforms.empty() ? "" : ", ") + platform->string();
    if (!wanted || same_platform(*wanted, *platform)) found.push_back(&image);
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

Error no_document(std::string_view what, InputKind kind) {
  return {Errc::not_found, "expected " + std::string(what) + ", found a " +
                               std::string(name_of(kind)) + ", which has none"};
}

}  // namespace

std::string inspect_raw(const std::string& reference, const std::optional<Platform>& platform,
                        Progress& progress, const std::stop_token& stop,
                        const RegistryOptions& registry) {
  const ImageReference parsed = parse_reference(reference);
  // A registry is asked for what is printed, and for nothing below it.
  if (const auto* remote = std::get_if<Reference>(&parsed); remote != nullptr && !platform) {
    const ImageStore store = registry_store(*remote, registry, progress, stop);
    return within(store.name, [&] { return read_checked(store, store.index.manifests.front()); });
  }
  const Input input = read_any(parsed, registry, progress, stop);
  return within(input.name, [&]() -> std::string {
    if (!input.store) throw no_document("a manifest", input.kind);
    if (platform) {
      return std::get<StoredImage>(one_image(input, platform).content).manifest_text;
    }
    const std::vector<Descriptor> selected = select(*input.store, parsed);
    std::set<Digest> distinct;
    std::string tags;
    for (const Descriptor& descriptor : selected) {
      distinct.insert(descriptor.digest);
      tags += " " + tag_of(descriptor);
    }
    if (distinct.size() != 1) {
      throw Error(Errc::conflict,
                  "expected one image or index, found " + std::to_string(distinct.size()),
                  "name one with PATH:TAG or PATH@DIGEST; the tags are:" + tags);
    }
    return read_checked(*input.store, selected.front());
  });
}

std::string inspect_config(const std::string& reference, const std::optional<Platform>& platform,
                           Progress& progress, const std::stop_token& stop,
                           const RegistryOptions& registry) {
  const Input input = read_any(reference, registry, progress, stop);
  return within(input.name, [&]() -> std::string {
    if (input.kind == InputKind::rootfs) throw no_document("a config", input.kind);
    const Image& image = one_image(input, platform);
    if (const auto* saved = std::get_if<SavedImage>(&image.content)) return saved->config_text;
    return std::get<StoredImage>(image.content).config_text;
  });
}

}  // namespace ocimux
