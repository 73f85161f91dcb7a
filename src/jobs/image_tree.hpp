#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/io/stream.hpp>

#include "compose/flatten.hpp"
#include "compose/tree.hpp"
#include "jobs/image_layers.hpp"
#include "source/image.hpp"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

namespace ocimux {

/// The file system of an image: its layers put over each other, or a root filesystem's tar.
class ImageTree final {
 public:
  /// Reads all of @p image, which must outlive this and is for @p platform (nothing: unknown):
  /// every layer, its digest and DiffID checked, or the headers of a tar (and its contents, unless
  /// they are passed over). Errors name the layer.
  /// @p threads at once, more of them for nothing in an image of fewer layers.
  ImageTree(const Image& image, const std::optional<Platform>& platform, Contents contents,
            std::size_t threads, Progress& progress, const std::stop_token& stop);

  /// The same of two images with layers for one platform; those that both begin with are read once.
  static std::pair<ImageTree, ImageTree> both(const Image& one, const Image& other,
                                              const std::optional<Platform>& platform,
                                              Contents contents, std::size_t threads,
                                              Progress& progress, const std::stop_token& stop);

  [[nodiscard]] const FileTree& files() const { return files_; }
  [[nodiscard]] const std::vector<ImageLayer>& layers() const { return layers_; }
  /// Of each layer, where Contents::sealed was asked for.
  [[nodiscard]] const std::vector<std::optional<LayerSeal>>& seals() const { return seals_; }

  /// Writes the content of @p node, a regular file of files(), and finishes @p to once the layer
  /// that holds it was read to its end and found right.
  void content(const Node& node, Sink& to, Progress& progress, const std::stop_token& stop) const;

 private:
  ImageTree(const Image& image, const std::optional<Platform>& platform);
  void put(std::size_t i, LayerTree tree);
  void read_rootfs(const RootfsImage& rootfs, Contents contents, std::size_t threads,
                   const std::stop_token& stop);

  const Image* image_;
  LayerForm form_;
  std::vector<ImageLayer> layers_;
  std::vector<std::optional<LayerSeal>> seals_ = {};
  FileTree files_;
};

}  // namespace ocimux
