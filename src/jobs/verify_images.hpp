#pragma once

#include <ocimux/jobs/verify.hpp>

#include "jobs/verify_walk.hpp"
#include "source/programs.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ocimux {

/// Compares what is said of the platform of @p image with its binaries, and answers what merge
/// would take it for.
VerifiedImage examine(const ListedImage& image, const std::optional<Platform>& said,
                      const Programs& programs, Findings& findings);

/// Tells of two images for one platform in one index. @p images are those of the survey, examined.
void tell_duplicates(const Survey& survey, const std::vector<VerifiedImage>& images,
                     Findings& findings);

/// The platforms of a list of images, and what the list is.
struct PlatformGroup {
  Spot spot = {};
  std::vector<std::pair<Platform, Spot>> platforms = {};
};

/// Each index among the roots.
std::vector<PlatformGroup> index_groups(const Survey& survey,
                                        const std::vector<VerifiedImage>& images,
                                        Findings& findings);
/// The images that are in no index.
PlatformGroup loose_group(const Survey& survey, const std::vector<VerifiedImage>& images);

/// Tells of platforms of @p group that are not among the expected ones.
void tell_unexpected(const PlatformGroup& group, const std::vector<Platform>& expected,
                     Findings& findings);
/// The expected platforms that are not in @p group.
std::vector<Platform> missing_in(const PlatformGroup& group, const std::vector<Platform>& expected);
void tell_missing(const Spot& spot, const std::vector<Platform>& missing,
                  const PlatformGroup& group, Findings& findings);

}  // namespace ocimux
