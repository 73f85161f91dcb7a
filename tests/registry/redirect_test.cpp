#include "registry/redirect_transport.hpp"

#include "support/fake_transport.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Downgrade = RedirectTransport::Downgrade;

class Redirect : public testing::Test {
 protected:
  Response send(Downgrade downgrade = Downgrade::refused, const std::string& method = "GET") {
    RedirectTransport redirect(fake, downgrade);
    Request request{.method = method, .url = Url::parse("https://r.example/v2/x")};
    request.headers.set("Authorization", "Bearer secret");
    request.headers.set("Range", "bytes=5-");
    return redirect.send(request);
  }
  void leads_to(const std::string& location) { fake->then(307, "", {{"Location", location}}); }
  [[nodiscard]] std::string sent(std::size_t i, const char* name) const {
    return std::string(fake->requests.at(i).headers.find(name));
  }

  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
};

TEST_F(Redirect, AuthorizationStaysWithItsOrigin) {
  for (const char* location :
       {"https://cdn.example/blob?signed=1", "https://r.example:8443/blob", "//cdn.example/x"}) {
    fake->requests.clear();
    leads_to(location);
    fake->then(200, "blob");
    EXPECT_EQ(send().status, 200);
    EXPECT_EQ(sent(0, "Authorization"), "Bearer secret");
    EXPECT_EQ(sent(1, "Authorization"), "") << location;
    EXPECT_EQ(sent(1, "Range"), "bytes=5-");
    EXPECT_EQ(fake->requests[1].led_from, Network::outside);
  }
}

TEST_F(Redirect, AuthorizationStaysAwayOnTheWayBack) {
  leads_to("https://cdn.example/a");
  leads_to("https://r.example/b");
  fake->then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(sent(2, "Authorization"), "");
}

TEST_F(Redirect, WithinItsOriginNothingChanges) {
  leads_to("/elsewhere");
  fake->then(200);
  const Response response = send();
  EXPECT_EQ(response.url.string(), "https://r.example/elsewhere");
  EXPECT_EQ(sent(1, "Authorization"), "Bearer secret");
  EXPECT_EQ(fake->requests[1].led_from, std::nullopt);
}

TEST_F(Redirect, RefusesToLeaveTls) {
  leads_to("http://cdn.example/blob");
  EXPECT_THAT(refusal([&] { return send(); }),
              StartsWith("denied: https://r.example: expected an https address"));
  leads_to("http://cdn.example/blob");
  fake->then(200);
  EXPECT_EQ(send(Downgrade::allowed).status, 200);
}

TEST_F(Redirect, RefusesLoopsAndOtherSchemes) {
  fake->otherwise([](const Request& request) {
    return FakeTransport::answer(request, 302, "", {{"Location", "/again"}});
  });
  EXPECT_THAT(refusal([&] { return send(); }), HasSubstr("expected at most 5 redirects"));
  EXPECT_EQ(fake->requests.size(), 6U);
  leads_to("file:///etc/passwd");
  EXPECT_THAT(refusal([&] { return send(); }),
              StartsWith("corrupt: https://r.example: redirect: "));
}

TEST_F(Redirect, DoesNotFollowWhatChangesSomethingOrLeadsNowhere) {
  leads_to("https://cdn.example/");
  EXPECT_EQ(send(Downgrade::refused, "POST").status, 307);
  fake->then(304);
  EXPECT_EQ(send().status, 304);
  fake->then(302);
  EXPECT_EQ(send().status, 302);
}

}  // namespace
}  // namespace ocimux::test
