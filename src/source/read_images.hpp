#pragma once

#include <ocimux/base/progress.hpp>

#include "source/image.hpp"
#include "source/image_store.hpp"
#include "source/reference.hpp"

#include <optional>
#include <stop_token>
#include <vector>

namespace ocimux {

/// What an input turned out to be.
enum class InputKind { layout, oci_archive, docker_archive, rootfs, registry };

std::string_view name_of(InputKind kind);

/// An opened input.
struct Input {
  InputKind kind = InputKind::rootfs;
  std::string name;  ///< as the user wrote its path
  std::vector<Image> images;
  std::optional<ImageStore> store =
      {};                 ///< what the images were read from, if it has an index.json
  std::int64_t size = 0;  ///< bytes of the file, as unpacked; 0 for a directory
};

/// Looks at @p reference and reads its images: headers and documents, no layer. The kind is told
/// by content, unless the reference says it. Throws Errc::corrupt or Errc::unsupported for what is
/// none of the kinds or is damaged; every error names the input.
Input read_input(const LocalReference& reference, Progress& progress,
                 const std::stop_token& stop = {});

/// The same of a file that open_unpacked() opened; what is wrong is told without naming it.
Input read_opened(const LocalReference& reference, const std::shared_ptr<const File>& file,
                  Progress& progress, const std::stop_token& stop);

}  // namespace ocimux
