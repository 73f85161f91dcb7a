#include "registry/rate_limit.hpp"
#include "registry/limited_transport.hpp"

#include <ocimux/base/error.hpp>

#include "support/fake_transport.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Time that passes only where somebody waits.
class RateLimited : public testing::Test {
 protected:
  std::shared_ptr<RateLimit> limit(std::int64_t rate) {
    return std::make_shared<RateLimit>(
        rate, [this] { return now; },
        [this](milliseconds time, const auto& stop) {
          if (stop.stop_requested()) throw Error(Errc::cancelled, "stopped");
          waits.push_back(time);
          now += time;
        });
  }

  std::chrono::steady_clock::time_point now{seconds(1000)};
  std::vector<milliseconds> waits;
};

TEST_F(RateLimited, BytesTakeTheirTime) {
  const auto limit = this->limit(1000);
  const auto begin = now;
  for (int i = 0; i < 100; ++i) limit->spend(100, {});
  EXPECT_GE(now - begin, milliseconds(9800));
  EXPECT_LE(now - begin, milliseconds(10'000));
}

TEST_F(RateLimited, TimeThatWasNotUsedIsLost) {
  const auto limit = this->limit(1000);
  now += seconds(3600);
  const auto begin = now;
  for (int i = 0; i < 100; ++i) limit->spend(100, {});
  EXPECT_GE(now - begin, milliseconds(9800));
}

TEST_F(RateLimited, WaitsASecondAtATimeAtMost) {
  const auto limit = this->limit(10);
  limit->spend(55, {});
  EXPECT_THAT(waits, testing::Each(testing::Le(seconds(1))));
  EXPECT_GE(waits.size(), 5U);
}

TEST_F(RateLimited, AStopEndsTheWait) {
  std::stop_source stop;
  stop.request_stop();
  const auto limit = this->limit(1);
  EXPECT_EQ(error_of([&] { limit->spend(1000, stop.get_token()); }).code(), Errc::cancelled);
}

TEST_F(RateLimited, PiecesAreSmallAndNeverNone) {
  EXPECT_EQ(limit(1)->piece(100), 1U);
  EXPECT_EQ(limit(100'000)->piece(16'384), 2000U);
  EXPECT_EQ(limit(INT64_MAX)->piece(16'384), 16'384U);
}

TEST_F(RateLimited, SeveralShareOne) {
  const auto limit = this->limit(1000);
  const auto begin = now;
  for (int i = 0; i < 10; ++i) {
    limit->spend(500, {});  // one connection
    limit->spend(500, {});  // another one
  }
  EXPECT_GE(now - begin, milliseconds(9800));
}

TEST_F(RateLimited, NoneIsNone) {
  EXPECT_EQ(make_rate_limit(0), nullptr);
  EXPECT_NE(make_rate_limit(1), nullptr);
}

TEST_F(RateLimited, BodiesArriveWholeBothWays) {
  const auto fake = std::make_shared<FakeTransport>();
  LimitedTransport transport(fake, limit(1000));
  std::string sent;
  fake->then([&](const Request& request) {
    sent = text_of(*request.body);
    return FakeTransport::answer(request, 200, std::string(3000, 'y'));
  });
  const auto begin = now;
  Request request{.method = "PUT", .url = Url::parse("https://r.example/")};
  request.body = memory_body(std::string(2000, 'x'));
  Response answer = transport.send(request);
  EXPECT_EQ(sent, std::string(2000, 'x'));
  EXPECT_GE(now - begin, milliseconds(1800));
  EXPECT_EQ(front_of(answer, 10'000), std::string(3000, 'y'));
  EXPECT_GE(now - begin, milliseconds(4800));
}

}  // namespace
}  // namespace ocimux::test
