#pragma once

#include <ocimux/base/error.hpp>
#include <ocimux/base/progress.hpp>

#include "source/layer_programs.hpp"
#include "source/read_images.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace ocimux {

/// The programs of the images of some inputs. The layers they share are looked into once.
class ImagePrograms final {
 public:
  /// Looks into every layer, with @p threads at once. With LookInto::whole, digests and DiffIDs are
  /// checked, missing layers are failures, and @p progress is told.
  ImagePrograms(const std::vector<Input>& inputs, LookInto depth, std::size_t threads,
                Progress& progress, const std::stop_token& stop);

  /// The programs of @p image, which was among the inputs. Throws what was found wrong with one of
  /// its layers on the way.
  [[nodiscard]] Programs of(const Image& image) const;

 private:
  struct Layer {
    Programs programs = {};
    std::optional<Error> failure = {};
  };

  LookInto depth_;
  std::optional<Error> failure_;    // of an image whose layers could not even be listed
  std::map<Digest, Layer> layers_;  // by digest, or by DiffID where there is none
};

}  // namespace ocimux
