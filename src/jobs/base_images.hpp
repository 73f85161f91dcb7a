#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "source/image.hpp"
#include "spec/json.hpp"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// An image that root filesystems are stored over.
struct BaseImage {
  std::string reference;  ///< as the options name it
  std::string name;       ///< the full name it has where it was read from; empty for none
  Image image;            ///< stored or saved
  Platform platform;      ///< as its config says, normalized
  Json config;

  [[nodiscard]] std::size_t layers() const;
  /// Of its manifest; nothing where it has none.
  [[nodiscard]] std::optional<Digest> digest() const;
  [[nodiscard]] const std::vector<Digest>& diff_ids() const;
  /// The bytes of a layer as they are stored, checked as they are read if they have a digest.
  /// Throws Errc::not_found where they are missing.
  [[nodiscard]] Body layer(std::size_t i) const;
};

/// How the layer @p i of @p base, a stored image, is described in a manifest of @p format.
/// Throws Errc::invalid_argument where the format has no such layers.
Descriptor base_layer(const BaseImage& base, std::size_t i, ImageFormat format);

/// The images that --base names. Their documents are read when this is made, no layers.
class BaseImages final {
 public:
  BaseImages(const MergeOptions& options, Progress& progress, const std::stop_token& stop);

  /// The base for a root filesystem of which @p known is known; null where no option gives one.
  /// Throws Errc::not_found, listing what there is, when no image fits, and Errc::conflict when
  /// several do.
  [[nodiscard]] std::shared_ptr<const BaseImage> choose(const Platform& known) const;

 private:
  using All = std::vector<std::shared_ptr<const BaseImage>>;
  std::vector<Selected<All>> bases_;
};

}  // namespace ocimux
