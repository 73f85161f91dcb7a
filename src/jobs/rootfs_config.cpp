#include "jobs/rootfs_config.hpp"

#include <ocimux/base/error.hpp>

#include "compose/image_config.hpp"
#include "compose/instruction.hpp"
#include "io/file.hpp"
#include "io/memory.hpp"
#include "jobs/registry_input.hpp"
#include "spec/descriptor_json.hpp"

#include <algorithm>
#include <functional>

namespace ocimux {
namespace {

Json read_config_file(const std::string& path) {
  return within(path, [&] {
    const auto file = std::make_shared<const File>(File::open(path));
    MemorySink sink(largest_document);
    std::vector<std::byte> buffer(std::size_t{64} * 1024);
    while (const std::size_t count = file->read_next(buffer)) {
      sink.write(Bytes(buffer).first(count));
    }
    return parse_user_config(sink.text());
  });
}

std::vector<Json> read_configs(const std::string& reference, const RegistryOptions& registry,
                               Progress& progress, const std::stop_token& stop) {
  std::vector<Json> configs;
  for (const Image& image : read_any(reference, registry, progress, stop).images) {
    if (const auto* stored = std::get_if<StoredImage>(&image.content)) {
      configs.push_back(Json::parse(stored->config_text));
    } else if (const auto* saved = std::get_if<SavedImage>(&image.content)) {
      configs.push_back(Json::parse(saved->config_text));
    }
  }
  if (configs.empty()) {
    throw Error(Errc::not_found, reference + ": expected an image with a config, found none");
  }
  return configs;
}

bool is_rootfs(const Entry& entry) {
  return std::holds_alternative<RootfsImage>(entry.image.content);
}

}  // namespace

RootfsConfigs::RootfsConfigs(const MergeOptions& options, Progress& progress,
                             const std::stop_token& stop)
    : dockerfiles_(options, progress), changes_(options.changes) {
  for (const auto& [selector, path] : options.configs) {
    files_.push_back({selector, read_config_file(path)});
  }
  for (const auto& [selector, reference] : options.configs_from) {
    others_.push_back(
        {selector, {reference, read_configs(reference, options.registry, progress, stop)}});
  }
}

std::optional<Platform> RootfsConfigs::platform_for(const Image& image,
                                                    const std::optional<Platform>& said) const {
  const Platform known = said.value_or(image.name_platform.value_or(Platform{}));
  const auto configs = values_for(known, files_);
  if (configs.empty()) return std::nullopt;
  return parse_platform(configs.back());
}

// The image of the same platform; settings are mostly the same for all, so one image serves all.
const Json& RootfsConfigs::matching(const Other& other, const Platform& platform) {
  for (const Json& config : other.configs) {
    if (same_platform(parse_platform(config), platform)) return config;
  }
  for (const Json& config : other.configs) {
    Platform found = parse_platform(config).normalized();
    if (found.os == platform.os && found.architecture == platform.architecture) return config;
  }
  if (other.configs.size() == 1) return other.configs.front();
  throw Error(Errc::not_found, other.reference + ": expected an image for " + platform.string() +
                                   " to take the config from, found none");
}

void RootfsConfigs::apply(Entry& entry, Progress& progress) const {
  Json config = entry.base ? entry.base->config : default_config(entry.platform.os);
  BaseSettings base = entry.base ? BaseSettings::given : BaseSettings::unknown;
  if (auto files = values_for(entry.platform, files_); !files.empty()) {
    entry.base ? take_all(config, files.back()) : static_cast<void>(config = files.back());
    base = BaseSettings::given;
  }
  if (const auto others = values_for(entry.platform, others_); !others.empty()) {
    take_settings(config, matching(others.back(), entry.platform));
    base = BaseSettings::given;
  }
  entry.instructions = dockerfiles_.apply(config, entry.platform, base, progress);
  Instructions instructions(config, entry.platform.os);
  for (const std::string& change : values_for(entry.platform, changes_)) {
    instructions.apply(change);
    entry.instructions.push_back(change);
  }
  entry.config = std::move(config);
}

void refuse_idle_options(const MergeOptions& options, const std::vector<Entry>& entries) {
  const auto check = [&](const char* option, const auto& values, bool only_rootfs) {
    for (const auto& value : values) {
      const bool used = std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
        return !entry.is_attestation() && (!only_rootfs || is_rootfs(entry)) &&
               value.selector.matches(entry.platform);
      });
      if (used) continue;
      const std::string picks = value.selector.string();
      throw Error(Errc::invalid_argument,
                  std::string(option) + ": expected " +
                      (only_rootfs ? "a root filesystem" : "an image") +
                      (picks == "*" ? "" : " for " + picks) + ", found none among the inputs",
                  only_rootfs ? "images that come with a config keep it" : "");
    }
  };
  check("--base", options.bases, true);
  check("--config", options.configs, true);
  check("--config-from", options.configs_from, true);
  check("--dockerfile", options.dockerfiles, true);
  check("--change", options.changes, true);
  check("--annotation", options.annotations, false);
  check("--os-version", options.os_versions, false);
  check("--os-features", options.os_features, false);
  check("--variant", options.variants, false);
}

}  // namespace ocimux
