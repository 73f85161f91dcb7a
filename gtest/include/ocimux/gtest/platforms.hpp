#pragma once

#include <ocimux/gtest/reference.hpp>
#include <ocimux/jobs/inspect.hpp>
#include <ocimux/spec/selector.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace ocimux::gtest {
namespace detail {

/// The platforms of images, attestations left out, each once.
inline std::vector<std::string> platforms_of(const Inspection& inspection) {
  std::vector<std::string> all;
  for (const InspectedReference& reference : inspection.references) {
    for (const InspectedImage& image : reference.images) {
      if (image.attestation) continue;
      const std::string platform = image.platform ? image.platform->string() : "unknown";
      if (std::find(all.begin(), all.end(), platform) == all.end()) all.push_back(platform);
    }
  }
  return all;
}

inline bool is_platform(const std::string& wanted, const std::string& found) {
  return found != "unknown" && same_platform(Platform::parse(wanted), Platform::parse(found));
}

/// Those of @p some that are none of @p others; @p is_it is told which is wanted, which found.
template <typename Is>
std::vector<std::string> missing(const std::vector<std::string>& some,
                                 const std::vector<std::string>& others, const Is& is_it) {
  std::vector<std::string> left;
  std::copy_if(some.begin(), some.end(), std::back_inserter(left), [&](const std::string& one) {
    return std::none_of(others.begin(), others.end(),
                        [&](const std::string& other) { return is_it(one, other); });
  });
  return left;
}

enum class Others { refused, allowed };

struct PlatformsRule {
  std::vector<std::string> wanted;
  Others others;

  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    const auto found = platforms_of(inspect(reference));
    const auto lacking = missing(wanted, found, is_platform);
    const auto surplus = missing(found, wanted, [](const std::string& one, const std::string& by) {
      return is_platform(by, one);
    });
    listener << "which has " << joined(found);
    if (!lacking.empty()) listener << "; missing: " << joined(lacking);
    const bool too_many = others == Others::refused && !surplus.empty();
    if (too_many) listener << "; not expected: " << joined(surplus);
    return lacking.empty() && !too_many;
  }
  [[nodiscard]] std::string description() const {
    return (others == Others::refused ? "has exactly the platforms " : "has the platforms ") +
           joined(wanted);
  }
};

}  // namespace detail

/// Has an image for each of these platforms and for no other, in any order. What a platform leaves
/// open (os.version, or its revision) may be anything: `windows/amd64:10.0.20348`.
template <typename... Platforms>
auto HasPlatforms(const Platforms&... platforms) {
  return detail::reference_matcher(
      detail::PlatformsRule{{std::string(platforms)...}, detail::Others::refused});
}

/// Has an image for each of these platforms, and perhaps others.
template <typename... Platforms>
auto ContainsPlatforms(const Platforms&... platforms) {
  return detail::reference_matcher(
      detail::PlatformsRule{{std::string(platforms)...}, detail::Others::allowed});
}

}  // namespace ocimux::gtest
