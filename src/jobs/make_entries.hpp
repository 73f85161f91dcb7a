#pragma once

#include <ocimux/base/progress.hpp>
#include <ocimux/jobs/merge.hpp>

#include "jobs/base_images.hpp"
#include "jobs/entry.hpp"
#include "jobs/image_programs.hpp"
#include "jobs/rootfs_config.hpp"
#include "source/read_images.hpp"

#include <vector>

namespace ocimux {

/// What root filesystems are given beside their tar.
struct Given {
  RootfsConfigs configs;
  BaseImages bases;
};

/// An entry for each image of @p inputs, with its platform and config. Throws Errc::conflict where
/// what is said of one, or its binaries, contradict each other.
std::vector<Entry> make_entries(std::vector<Input> inputs, const ImagePrograms& programs,
                                const Given& given, const MergeOptions& options,
                                Progress& progress);

}  // namespace ocimux
