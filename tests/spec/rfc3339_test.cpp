#include "spec/rfc3339.hpp"

#include "support/refusal.hpp"

#include <gtest/gtest.h>

namespace ocimux {
namespace {

using test::refusal;

TEST(Rfc3339, IsToldFromWhatOnlyLooksLikeIt) {
  for (const char* good :
       {"2026-11-20T21:00:00Z", "0001-01-01T00:00:00Z", "2026-11-20T21:00:00.123456789Z",
        "2024-02-29T23:59:59+14:00", "2026-11-20T21:00:00-05:30"}) {
    EXPECT_TRUE(is_rfc3339(good)) << good;
  }
  for (const char* bad :
       {"", "2026-11-20", "2026-11-20T21:00:00", "2026-11-20 21:00:00Z", "2026-13-20T21:00:00Z",
        "2026-02-29T21:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T21:60:00Z",
        "2026-11-20T21:00:60Z", "2026-11-20T21:00:00.Z", "2026-11-20T21:00:00Zx",
        "2026-11-20T21:00:00+0100", "2026-11-20T21:00:00+01:00Z", "-026-11-20T21:00:00Z"}) {
    EXPECT_FALSE(is_rfc3339(bad)) << bad;
  }
}

TEST(Rfc3339, IsUtcToTheSecond) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(1'795'208'400), "2026-11-20T21:00:00Z");
  EXPECT_EQ(rfc3339(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(rfc3339(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(4'294'967'296), "2106-02-07T06:28:16Z");
  EXPECT_EQ(rfc3339(253'402'300'799), "9999-12-31T23:59:59Z");
  EXPECT_EQ(rfc3339(-30'610'224'000), "1000-01-01T00:00:00Z");
}

TEST(Rfc3339, RefusesYearsItCannotWrite) {
  for (const std::int64_t seconds :
       {std::int64_t{253'402'300'800}, std::int64_t{-30'610'224'001}, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(refusal([&] { return rfc3339(seconds); }),
              "corrupt: expected a time in the calendar, found " + std::to_string(seconds));
  }
}

}  // namespace
}  // namespace ocimux
