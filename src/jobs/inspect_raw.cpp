#include <ocimux/jobs/inspect.hpp>

#include <ocimux/base/error.hpp>

#include "jobs/one_image.hpp"
#include "jobs/registry_input.hpp"

#include <set>

namespace ocimux {
namespace {

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
