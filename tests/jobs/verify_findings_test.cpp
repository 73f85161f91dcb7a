#include "jobs/verify_findings.hpp"

#include <gmock/gmock.h>

// A few bytes of a document can be a finding, and each costs a kilobyte: their number has an end.

namespace ocimux::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

void add_many(std::size_t count, std::string_view code, Findings& findings) {
  for (std::size_t i = 0; i < count; ++i) {
    findings.add({"place", i}, code, {"nothing", std::to_string(i)});
  }
}

TEST(Findings, AreToldUpToALimitAndThenCounted) {
  Findings findings("input", Strictness::as_found);
  add_many(Findings::most_told + 5, "descriptor-invalid", findings);
  add_many(Findings::most_told + 7, "stray-file", findings);
  findings.add({"place", 0}, "descriptor-invalid", {"nothing", "0"});  // known
  const std::vector<Finding> all = findings.take();
  ASSERT_THAT(all, SizeIs(2 * Findings::most_told + 1));
  EXPECT_EQ(all.back().code, "limit-exceeded");
  EXPECT_EQ(all.back().severity, Severity::error);
  EXPECT_EQ(all.back().found, "5 more, which are not told");
  const Finding& last = all[all.size() - 2];
  EXPECT_EQ(last.code, "stray-file");
  EXPECT_THAT(last.found, HasSubstr("(and 7 more warnings)"));
}

TEST(Findings, WarningsBeyondTheLimitAreNoErrors) {
  Findings findings("input", Strictness::as_found);
  add_many(Findings::most_told + 1, "stray-file", findings);
  for (const Finding& finding : findings.take()) ASSERT_EQ(finding.severity, Severity::warning);
  Findings strict("input", Strictness::warnings_are_errors);
  add_many(Findings::most_told + 1, "stray-file", strict);
  EXPECT_EQ(strict.take().back().code, "limit-exceeded");
}

}  // namespace
}  // namespace ocimux::test
