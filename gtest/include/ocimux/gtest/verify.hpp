#pragma once

#include <ocimux/base/error.hpp>
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
    for (const VerifiedInput& input : found.inputs) {
      if (input.failure) listener << "\n  " << input.failure->what();
      for (const Finding& finding : input.findings) {
        if (finding.severity == Severity::error) listener << "\n  " << describe(finding);
      }
    }
    return false;
  }
  [[nodiscard]] std::string description() const { return "passes ocimux verify"; }
};

}  // namespace detail

/// `ocimux verify` finds nothing wrong with it; warnings are not wrong.
inline auto PassesVerify() { return detail::reference_matcher(detail::VerifyRule{}); }

}  // namespace ocimux::gtest
