#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/dockerfiles.hpp"
#include "jobs/entry.hpp"
#include "source/read_images.hpp"
#include "spec/json.hpp"

#include <optional>
#include <stop_token>
#include <vector>

namespace ocimux {

/// The configs that the options --config, --config-from, --dockerfile and --change give to root
/// filesystems, which carry none themselves. Files and images are read when this is made.
class RootfsConfigs final {
 public:
  RootfsConfigs(const MergeOptions& options, Progress& progress, const std::stop_token& stop);

  /// What a given config says of the platform of @p image.
  [[nodiscard]] std::optional<Platform> platform_for(const Image& image,
                                                     const std::optional<Platform>& said) const;
  /// Puts the config, before platform and layers, into @p entry, whose platform is decided; tells
  /// @p progress what of it could not be known.
  void apply(Entry& entry, Progress& progress) const;

 private:
  struct Other {
    std::string reference;
    std::vector<Json> configs;
  };

  [[nodiscard]] static const Json& matching(const Other& other, const Platform& platform);

  std::vector<Selected<Json>> files_;
  std::vector<Selected<Other>> others_;
  Dockerfiles dockerfiles_;
  std::vector<Selected<std::string>> changes_;
};

/// Throws Errc::invalid_argument when an option's selector picks none of @p entries, or one about
/// configs picks no root filesystem: an option without effect is a mistake.
void refuse_idle_options(const MergeOptions& options, const std::vector<Entry>& entries);

}  // namespace ocimux
