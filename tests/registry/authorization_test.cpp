#include "registry/authorization_transport.hpp"

#include "support/fake_transport.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

const std::string challenge =
    R"(Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull")";

TEST(Challenge, ReadsSchemesAndParameters) {
  const auto all = parse_challenges(
      R"(Bearer realm="https://a/t?x=\"1\"", service=reg ,Scope="a:b:pull,push", Basic realm="x y")");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].scheme, "bearer");
  EXPECT_EQ(all[0].parameter("realm"), R"(https://a/t?x="1")");
  EXPECT_EQ(all[0].parameter("service"), "reg");
  EXPECT_EQ(all[0].parameter("scope"), "a:b:pull,push");
  EXPECT_EQ(all[0].parameter("error"), "");
  EXPECT_EQ(all[1].scheme, "basic");
  EXPECT_EQ(all[1].parameter("realm"), "x y");
}

TEST(Challenge, PassesOverNonsense) {
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges(", ,==\"\"=,").empty());
  EXPECT_TRUE(parse_challenges("realm=\"x\"").empty()) << "a parameter of nothing";
  EXPECT_EQ(parse_challenges("Bearer realm=\"never closed").at(0).parameter("realm"),
            "never closed");
  EXPECT_EQ(parse_challenges("Bearer realm=\"\\").size(), 1U);
  EXPECT_EQ(parse_challenges(std::string(100'000, '"')).size(), 0U);
}

TEST(Token, ReadsBothNamesAndTheLifetime) {
  EXPECT_EQ(Token::parse(R"({"token":"t","access_token":"u"})").text, "t");
  EXPECT_EQ(Token::parse(R"({"access_token":"u"})").text, "u");
  EXPECT_EQ(Token::parse(R"({"token":"t"})").lifetime, std::chrono::seconds(60));
  EXPECT_EQ(Token::parse(R"({"token":"t","expires_in":300})").lifetime, std::chrono::seconds(300));
  EXPECT_EQ(Token::parse(R"({"token":"t","expires_in":-1})").lifetime, std::chrono::seconds(60));
}

TEST(Token, RefusesOthersWithoutRepeatingThem) {
  for (const char* text : {"", "{}", "[]", "sesame", R"({"token":"ses\r\nX: ame"})",
                           R"({"token":"","sesame":1})", R"({"token":["sesame"]})"}) {
    const std::string refused = refusal([&] { return Token::parse(text); });
    EXPECT_THAT(refused, AllOf(StartsWith("corrupt: "), Not(HasSubstr("sesame")))) << text;
  }
}

TEST(Token, JoinsScopes) {
  EXPECT_EQ(joined_scopes("a b", "b c"), "a b c");
  EXPECT_EQ(joined_scopes("", "c"), "c");
  EXPECT_EQ(joined_scopes("repository:a/b:pull,push", "repository:a/b:pull"),
            "repository:a/b:pull,push");
  EXPECT_EQ(joined_scopes("repository:h:5000/x:pull repository:y:pull", "repository:y:push,pull"),
            "repository:h:5000/x:pull repository:y:pull,push");
}

class Authorization : public testing::Test {
 protected:
  Response send(const std::string& scope = "repository:a/b:pull") {
    if (!transport) {
      transport = std::make_unique<AuthorizationTransport>(fake, Url::parse(registry).origin(),
                                                           credentials, [this] { return now; });
    }
    return transport->send({.url = Url::parse(registry + "/v2/a/b/manifests/1"), .scope = scope});
  }
  Response write(std::int64_t size, const std::string& scope = "repository:a/b:pull,push") {
    if (!transport) send(scope);
    Request request{.method = "POST", .url = Url::parse(registry + "/v2/a/b/x"), .scope = scope};
    if (size >= 0) request.body = Body{memory_body("x").open, size};
    return transport->send(request);
  }
  void asks(const std::string& text = challenge) {
    fake->then(401, "", {{"WWW-Authenticate", text}});
  }
  [[nodiscard]] std::string authorization(std::size_t i) const {
    return std::string(fake->requests.at(i).headers.find("Authorization"));
  }
  [[nodiscard]] std::string url(std::size_t i) const { return fake->requests.at(i).url.string(); }

  std::string registry = "https://r.example";
  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  std::optional<Credentials> credentials;
  std::chrono::steady_clock::time_point now{};
  std::unique_ptr<AuthorizationTransport> transport;
};

TEST_F(Authorization, GetsATokenWithoutCredentials) {
  asks();
  fake->then(200, R"({"token":"t"})").then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(url(1), "https://auth.example/token?service=r.example&scope=repository%3Aa%2Fb%3Apull");
  EXPECT_EQ(authorization(1), "");
  EXPECT_EQ(fake->requests[1].led_from, Network::outside);
  EXPECT_EQ(authorization(2), "Bearer t");
}

TEST_F(Authorization, GetsATokenForUserAndPassword) {
  credentials = Credentials{.user = "me", .password = "pass:word"};
  asks();
  fake->then(200, R"({"token":"t"})").then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(0), "") << "nothing before it is asked for";
  EXPECT_EQ(authorization(1), "Basic bWU6cGFzczp3b3Jk");
  EXPECT_EQ(authorization(2), "Bearer t");
}

TEST_F(Authorization, KeepsATokenForItsScopeAndItsTime) {
  asks();
  fake->then(200, R"({"token":"t","expires_in":100})").then(200).then(200);
  send();
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(3), "Bearer t");
  asks();
  fake->then(200, R"({"token":"u"})").then(200);
  send("repository:c:pull");
  EXPECT_EQ(authorization(4), "") << "a token of another scope is no use";
  now += std::chrono::seconds(95);
  fake->then(200, R"({"token":"v"})").then(200);
  send();
  EXPECT_THAT(url(7), StartsWith("https://auth.example/token")) << "it would end on the way";
  EXPECT_EQ(authorization(8), "Bearer v");
}

TEST_F(Authorization, GetsANewTokenWhenTheOldOneIsRefused) {
  asks();
  fake->then(200, R"({"token":"t"})").then(200);
  send();
  asks(challenge + R"(,error="invalid_token")");
  fake->then(200, R"({"token":"u"})").then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(3), "Bearer t");
  EXPECT_EQ(authorization(5), "Bearer u");
}

TEST_F(Authorization, AsksForAScopeThatWasMissingOnce) {
  const std::string more =
      R"(Bearer realm="https://auth.example/token",scope="repository:z:pull",error="insufficient_scope")";
  asks();
  fake->then(200, R"({"token":"t"})");
  asks(more);
  fake->then(200, R"({"token":"u"})");
  asks(more);
  EXPECT_EQ(send().status, 401);
  EXPECT_THAT(url(3), HasSubstr("scope=repository%3Aa%2Fb%3Apull&scope=repository%3Az%3Apull"));
  EXPECT_EQ(authorization(4), "Bearer u");
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Authorization, SendsBasicWhenThatIsAskedFor) {
  credentials = Credentials{.user = "me", .password = "p"};
  asks("Basic realm=\"x\"");
  fake->then(200).then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(1), "Basic bWU6cA==");
  send();
  EXPECT_EQ(authorization(2), "Basic bWU6cA==") << "now that it is known";
}

TEST_F(Authorization, BasicThatIsRefusedIsNotRepeated) {
  credentials = Credentials{.user = "me", .password = "p"};
  asks("Basic realm=\"x\"");
  asks("Basic realm=\"x\"");
  EXPECT_EQ(send().status, 401);
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Authorization, WithoutCredentialsBasicStaysUnanswered) {
  asks("Basic realm=\"x\"");
  EXPECT_EQ(send().status, 401);
}

TEST_F(Authorization, TradesAnIdentityTokenByPost) {
  credentials = Credentials{.identity_token = "id&t"};
  asks();
  fake->then(200, R"({"access_token":"t"})").then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(fake->requests[1].method, "POST");
  EXPECT_EQ(url(1), "https://auth.example/token");
  EXPECT_EQ(text_of(*fake->requests[1].body),
            "grant_type=refresh_token&service=r.example&client_id=ocimux&scope=repository%3Aa%2Fb"
            "%3Apull&refresh_token=id%26t");
  EXPECT_EQ(authorization(2), "Bearer t");
}

TEST_F(Authorization, TradesAnIdentityTokenByGetWhereThereIsNoPost) {
  for (const int status : {400, 401, 404, 405}) {
    transport.reset();
    fake->requests.clear();
    credentials = Credentials{.identity_token = "id"};
    asks();
    fake->then(status).then(200, R"({"token":"t"})").then(200);
    EXPECT_EQ(send().status, 200);
    EXPECT_EQ(fake->requests[2].method, "GET");
    EXPECT_EQ(authorization(2), "Basic PHRva2VuPjppZA==");
  }
}

TEST_F(Authorization, SendsARegistryTokenAsItIs) {
  credentials = Credentials{.registry_token = "given"};
  fake->then(200);
  send();
  EXPECT_EQ(authorization(0), "Bearer given");
}

TEST_F(Authorization, RealmMustHaveTlsUnlessTheRegistryHasNone) {
  const std::string plain = R"(Bearer realm="http://auth.example/token")";
  credentials = Credentials{.user = "me", .password = "p"};
  asks(plain);
  EXPECT_THAT(refusal([&] { return send(); }),
              StartsWith("denied: expected a token server with TLS, found http://auth.example"));
  EXPECT_EQ(fake->requests.size(), 1U) << "nothing went there";

  registry = "http://r.example";
  transport.reset();
  asks(plain);
  fake->then(200, R"({"token":"t"})").then(200);
  EXPECT_EQ(send().status, 200);
}

TEST_F(Authorization, OthersGetNothing) {
  credentials = Credentials{.user = "me", .password = "p"};
  asks("Basic realm=\"x\"");
  fake->then(200).then(200);
  send();
  for (const char* other :
       {"https://other.example/", "http://r.example/", "https://r.example:444/"}) {
    fake->then(200);
    transport->send({.url = Url::parse(other)});
    EXPECT_EQ(fake->requests.back().headers.find("Authorization"), "") << other;
  }
}

// A redirect's target may ask for credentials; it is not the registry.
TEST_F(Authorization, ChallengesOfOthersAreNotAnswered) {
  credentials = Credentials{.user = "me", .password = "p"};
  fake->then([](const Request& request) {
    Response response =
        FakeTransport::answer(request, 401, "", {{"WWW-Authenticate", "Basic realm=\"x\""}});
    response.url = Url::parse("https://cdn.example/blob");
    return response;
  });
  EXPECT_EQ(send().status, 401);
}

TEST_F(Authorization, SaysWhatTheTokenServerSaysButNoSecret) {
  credentials = Credentials{.user = "me", .password = "sesame"};
  asks();
  fake->then(401, R"({"details":"incorrect username or password"})");
  EXPECT_THAT(
      refusal([&] { return send(); }),
      AllOf(StartsWith("denied: token server https://auth.example: expected a token for "
                       "these credentials, found status 401: incorrect username or password"),
            Not(HasSubstr("sesame")), HasSubstr("were refused: ocimux login r.example, --creds")));
  for (const int status : {400, 404}) {
    transport.reset();
    asks();
    fake->then(status);
    EXPECT_THAT(refusal([&] { return send(); }), StartsWith("denied: ")) << status;
  }
}

TEST_F(Authorization, WhoWritesHasATokenFirst) {
  asks();
  fake->then(200, R"({"token":"t"})").then(200);
  send("repository:a/b:pull");
  fake->then(200, R"({"token":"u"})").then(202);
  EXPECT_EQ(write(-1, "repository:a/b:pull,push repository:c:pull").status, 202);
  EXPECT_EQ(url(3),
            "https://auth.example/token?service=r.example&scope=repository%3Aa%2Fb%3Apull"
            "%2Cpush&scope=repository%3Ac%3Apull");
  EXPECT_EQ(authorization(4), "Bearer u");
  EXPECT_TRUE(fake->is_over()) << "nothing was sent in vain";
}

TEST_F(Authorization, ATokenOutlivesTheBodyItIsSentWith) {
  asks();
  fake->then(200, R"({"token":"t","expires_in":300})").then(200);
  send("repository:a/b:pull,push");
  now += std::chrono::seconds(235);
  fake->then(201);
  write(-1);
  EXPECT_EQ(authorization(3), "Bearer t") << "good for another minute";
  now += std::chrono::seconds(10);
  fake->then(201);
  write(-1);
  EXPECT_EQ(authorization(4), "Bearer t") << "without a body that is enough";
  fake->then(200, R"({"token":"u","expires_in":300})").then(201);
  write(1);
  EXPECT_EQ(authorization(6), "Bearer u");
  now += std::chrono::seconds(100);
  fake->then(201);
  write(100'000'000);
  EXPECT_EQ(authorization(7), "Bearer u") << "200 s for 100 MB";
  fake->then(200, R"({"token":"v","expires_in":300})").then(201);
  now += std::chrono::seconds(51);
  write(1'000'000'000'000);
  EXPECT_EQ(authorization(9), "Bearer v") << "less than half of its life was left";
  fake->then(201);
  write(1'000'000'000'000);
  EXPECT_EQ(authorization(10), "Bearer v") << "no longer life can be had";
}

// With distribution's shortest life, a minute.
TEST_F(Authorization, AShortTokenServesSeveralBodies) {
  asks();
  fake->then(200, R"({"token":"t","expires_in":60})").then(200);
  send("repository:a/b:pull,push");
  now += std::chrono::seconds(29);
  fake->then(201);
  write(5'000'000'000);
  EXPECT_EQ(authorization(3), "Bearer t");
  now += std::chrono::seconds(2);
  fake->then(200, R"({"token":"u"})").then(201);
  write(1);
  EXPECT_EQ(authorization(5), "Bearer u");
}

TEST_F(Authorization, AScopeThatWasMissingIsAskedForTheNextTime) {
  asks();
  fake->then(200, R"({"token":"t"})");
  asks(R"(Bearer realm="https://auth.example/token",scope="repository:z:pull",)"
       R"(error="insufficient_scope")");
  fake->then(200, R"({"token":"u"})").then(200);
  send();
  now += std::chrono::seconds(100);
  fake->then(200, R"({"token":"v"})").then(200);
  send();
  EXPECT_THAT(url(5), HasSubstr("scope=repository%3Aa%2Fb%3Apull&scope=repository%3Az%3Apull"));
}

// As GCR does.
TEST_F(Authorization, ARefusalThatSaysNothingMeansANewToken) {
  credentials = Credentials{.user = "me", .password = "p"};
  asks();
  fake->then(200, R"({"token":"t"})").then(200);
  send();
  fake->then(401).then(200, R"({"token":"u"})").then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(5), "Bearer u");
}

TEST_F(Authorization, ARefusalThatSaysNothingMeansBasicWhereThereIsNoToken) {
  credentials = Credentials{.user = "me", .password = "p"};
  fake->then(401).then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(1), "Basic bWU6cA==");
}

TEST_F(Authorization, BasicComesAfterATokenThatIsRefused) {
  const std::string both = challenge + R"(, Basic realm="x")";
  credentials = Credentials{.user = "me", .password = "p"};
  asks(both);
  fake->then(200, R"({"token":"t"})");
  asks(both);
  fake->then(200).then(200);
  EXPECT_EQ(send().status, 200);
  EXPECT_EQ(authorization(3), "Basic bWU6cA==");
  send();
  EXPECT_EQ(authorization(4), "Basic bWU6cA==");
}

TEST_F(Authorization, ATokenComesAfterBasicThatIsRefused) {
  credentials = Credentials{.user = "me", .password = "p"};
  asks("Basic realm=\"x\"");
  fake->then(200);
  send();
  asks();
  fake->then(200, R"({"token":"t"})").then(200).then(200);
  EXPECT_EQ(send().status, 200);
  send();
  EXPECT_EQ(authorization(5), "Bearer t");
  EXPECT_TRUE(fake->is_over());
}

TEST_F(Authorization, SaysWhatItWasAskedWith) {
  fake->then(404);
  EXPECT_EQ(send().proof, Proof::none);
  transport.reset();
  credentials = Credentials{.user = "me", .password = "p"};
  fake->then(404);
  EXPECT_EQ(send().proof, Proof::not_asked);
  asks("Basic realm=\"x\"");
  fake->then(404);
  const Response answer = send();
  EXPECT_EQ(answer.proof, Proof::given);
  EXPECT_EQ(answer.method, "GET");
}

// CVE-2026-48978 and its kin: what a realm must not be.
TEST_F(Authorization, ARealmIsAnAddressWithoutCredentials) {
  credentials = Credentials{.user = "me", .password = "p"};
  for (const char* realm : {"", "/token", "ftp://auth.example/", "https://me:p@auth.example/",
                            "file:///etc/passwd", "https://"}) {
    transport.reset();
    fake->requests.clear();
    asks("Bearer realm=\"" + std::string(realm) + "\"");
    EXPECT_THAT(refusal([&] { return send(); }), HasSubstr("its token server: ")) << realm;
    EXPECT_EQ(fake->requests.size(), 1U) << realm;
  }
}

TEST_F(Authorization, BoundsWhatTheTokenServerSays) {
  asks();
  fake->then(200, std::string((1 << 20) + 1, ' '));
  EXPECT_THAT(refusal([&] { return send(); }), HasSubstr("at most 1 MiB"));
}

}  // namespace
}  // namespace ocimux::test
