#include "registry/retry_transport.hpp"

#include "support/fake_transport.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace ocimux::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Kind = TransferError::Kind;

TEST(Backoff, DoublesUpToALimit) {
  const Backoff backoff;
  EXPECT_EQ(backoff.delay(1, 0), milliseconds(250));
  EXPECT_EQ(backoff.delay(2, 0), milliseconds(500));
  EXPECT_EQ(backoff.delay(3, 0.5), milliseconds(1500));
  EXPECT_EQ(backoff.delay(7, 0), milliseconds(15'000));
  EXPECT_EQ(backoff.delay(1'000'000, 0), milliseconds(15'000));
  EXPECT_LT(backoff.delay(1'000'000, 0.999), milliseconds(30'000));
}

TEST(Backoff, WaitsAsLongAsTheServerAsksWithinReason) {
  const Backoff backoff;
  EXPECT_EQ(backoff.delay(1, 0, seconds(60)), milliseconds(60'000));
  EXPECT_EQ(backoff.delay(1, 0, seconds(86'400)), milliseconds(120'000));
  EXPECT_EQ(backoff.delay(1, 0, seconds::max()), milliseconds(120'000));
  EXPECT_EQ(backoff.delay(1, 0, seconds(-5)), milliseconds(250));
  EXPECT_EQ(backoff.delay(4, 0, seconds(1)), milliseconds(2000)) << "the longer of the two";
}

TEST(Backoff, ReadsRetryAfter) {
  EXPECT_EQ(parse_retry_after("7", 0), seconds(7));
  EXPECT_EQ(parse_retry_after("0", 0), seconds(0));
  EXPECT_EQ(parse_retry_after("99999999999999999999", 0), seconds(31'536'000));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1445412470), seconds(10));
  EXPECT_EQ(parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", 1445412500), seconds(0)) << "past";
  for (const char* text : {"", "soon", "-1", "1.5", " "}) {
    EXPECT_EQ(parse_retry_after(text, 0), std::nullopt) << text;
  }
}

TEST(Backoff, WaitEndsWhenAskedTo) {
  std::stop_source stop;
  std::jthread later([&] { stop.request_stop(); });
  EXPECT_EQ(error_of([&] { wait_for(std::chrono::hours(1), stop.get_token()); }).code(),
            Errc::cancelled);
}

class Retry : public testing::Test {
 protected:
  Response send() {
    RetryTransport retry(fake, noting(waits, 3), progress);
    return retry.send({.url = Url::parse("https://r.example/v2/")});
  }

  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  std::vector<milliseconds> waits;
  RecordingProgress progress;
};

TEST_F(Retry, PassesOnWhatIsFinal) {
  for (const int status : {200, 206, 301, 400, 401, 403, 404, 416, 501, 505}) {
    fake->then(status);
    EXPECT_EQ(send().status, status);
  }
  EXPECT_THAT(waits, IsEmpty());
}

TEST_F(Retry, SendsAgainWhatMayPass) {
  fake->then(429).then(503).then_fails(Kind::broken).then(200, "x");
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(fake->requests.size(), 4U);
  EXPECT_EQ(waits.size(), 3U);
  EXPECT_THAT(progress.notes(), testing::SizeIs(3));
  EXPECT_THAT(progress.notes()[0], StartsWith("https://r.example: status 429; trying again in 0."));
}

TEST_F(Retry, SendsAgainWhatProxiesSayOfBrokenConnections) {
  for (const int status : {408, 499, 500, 502, 504, 522}) {
    fake->then(status).then(200);
    EXPECT_EQ(send().status, 200) << status;
  }
}

TEST_F(Retry, DoesNotRepeatWhatIsSentOnce) {
  RetryTransport retry(fake, noting(waits, 3), progress);
  const Request once{.method = "PATCH", .url = Url::parse("https://r.example/v2/"), .once = true};
  fake->then(503);
  EXPECT_EQ(retry.send(once).status, 503);
  fake->then_fails(Kind::broken);
  EXPECT_THROW(static_cast<void>(retry.send(once)), TransferError);
  EXPECT_THAT(waits, IsEmpty());
}

TEST_F(Retry, SendsABodyFromItsStart) {
  RetryTransport retry(fake, noting(waits, 3), progress);
  std::vector<std::string> bodies;
  const auto takes = [&](int status) {
    fake->then([&bodies, status](const Request& request) {
      bodies.push_back(text_of(*request.body));
      return FakeTransport::answer(request, status, "");
    });
  };
  takes(429);
  takes(201);
  Request request{.method = "PUT", .url = Url::parse("https://r.example/v2/")};
  request.body = memory_body("all of it");
  EXPECT_EQ(retry.send(request).status, 201);
  EXPECT_THAT(bodies, ElementsAre("all of it", "all of it"));
}

TEST_F(Retry, GivesTheLastAnswerWhenNothingHelped) {
  for (int i = 0; i < 4; ++i) fake->then(500, "broken");
  EXPECT_EQ(send().status, 500);
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Retry, ThrowsTheLastFailureWhenNothingHelped) {
  for (int i = 0; i < 4; ++i) fake->then_fails(Kind::broken);
  EXPECT_THROW(static_cast<void>(send()), TransferError);
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Retry, AsksTwiceMoreForWhoCannotBeReached) {
  for (int i = 0; i < 3; ++i) fake->then_fails(Kind::unreachable);
  EXPECT_THROW(static_cast<void>(send()), TransferError);
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Retry, DoesNotRepeatWhatWillNotPass) {
  for (const Kind kind : {Kind::untrusted, Kind::not_tls, Kind::other}) {
    fake->then_fails(kind);
    EXPECT_THROW(static_cast<void>(send()), TransferError);
  }
  EXPECT_THAT(waits, IsEmpty());
}

TEST_F(Retry, WaitsAsLongAsAsked) {
  fake->then(429, "", {{"retry-after", "60"}}).then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_THAT(waits, ElementsAre(milliseconds(60'000)));
}

}  // namespace
}  // namespace ocimux::test
