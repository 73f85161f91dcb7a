#pragma once

#include <ocimux/gtest/reference.hpp>
#include <ocimux/jobs/verify.hpp>

#include <string>

namespace ocimux::gtest {
namespace detail {

struct VerifyRule {
  bool matches(const std::string& reference, testing::MatchResultListener& listener) const {
    VerifyOptions options;
    options.inputs = {{reference}};
    options.jobs = threads();
    const Verification found = verify(options);
    if (found.ok()) return true;
    listener << "of which is wrong:";
    for (const VerifiedImage& image : found.images) {
      for (const std::string& finding : image.findings) listener << "\n  " << finding;
    }
    return false;
  }
  [[nodiscard]] std::string description() const { return "passes ocimux verify"; }
};

}  // namespace detail

/// `ocimux verify` finds nothing wrong with it.
inline auto PassesVerify() { return detail::reference_matcher(detail::VerifyRule{}); }

}  // namespace ocimux::gtest
