#include "registry/answer.hpp"

#include "io/memory.hpp"
#include "support/fake_transport.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Given {
  int status;
  std::string code = {};
  std::string message = {};
  std::string method = "PUT";
  Proof proof = Proof::given;
  std::string host = "r.example:5000";
};

std::string refused(const Given& given) {
  const std::string body = given.code.empty() ? ""
                                              : R"({"errors":[{"code":")" + given.code +
                                                    R"(","message":")" + given.message + "\"}]}";
  Response answer{given.status,
                  {},
                  std::make_unique<MemorySource>(body),
                  Url::parse("https://" + given.host + "/v2/"),
                  Network::outside,
                  given.method,
                  given.proof};
  return refusal([&]() -> int { throw refusal_of(answer, "this"); });
}

TEST(Refusal, SaysWhatTheRegistrySays) {
  EXPECT_EQ(refused({418, "TEAPOT", "short and stout"}),
            "network: expected this, found status 418: short and stout (TEAPOT)");
}

TEST(Refusal, OfTheUnknownNamesTheWayIn) {
  EXPECT_EQ(refused({.status = 401, .proof = Proof::none}),
            "denied: expected this, found status 401 [no credentials were found for it: ocimux "
            "login r.example:5000, --creds or --authfile give some]");
  EXPECT_THAT(refused({.status = 401}),
              HasSubstr("[the credentials that were found were refused: ocimux login "
                        "r.example:5000, "));
  EXPECT_THAT(refused({.status = 401, .proof = Proof::unknown}), HasSubstr("[ocimux login, "))
      << "a server that the registry led to, perhaps";
  EXPECT_THAT(refused({.status = 401, .host = "registry-1.docker.io"}),
              HasSubstr("ocimux login docker.io,"));
}

TEST(Refusal, OfTheKnownSaysWhoCanHelp) {
  EXPECT_THAT(refused({403, "DENIED", "requested access to the resource is denied"}),
              AllOf(StartsWith("denied: "), HasSubstr("may not write this: its owner")));
  EXPECT_THAT(refused({.status = 403, .method = "GET"}), HasSubstr("may not read this"));
  EXPECT_THAT(refused({.status = 403, .proof = Proof::none}),
              HasSubstr("no credentials were found"));
}

TEST(Refusal, OfARepositoryThatIsMissing) {
  EXPECT_THAT(refused({404, "NAME_UNKNOWN", "repository name not known", "POST"}),
              AllOf(StartsWith("not_found: "), HasSubstr("[create the repository there first")));
  EXPECT_THAT(refused({404, "NAME_UNKNOWN", "x", "GET", Proof::none}),
              HasSubstr("[it may be hidden from those without credentials"));
  EXPECT_THAT(refused({404, "NAME_UNKNOWN", "x", "GET"}), Not(HasSubstr("[")));
}

// Each as a registry of these words was seen to say it.
TEST(Refusal, HasAHintForWhatCanBeDone) {
  const std::vector<std::pair<Given, std::string>> cases{
      {{400, "TAG_INVALID",
        "The image tag 'v1' already exists and cannot be overwritten because "
        "the repository is IMMUTABLE"},
       "[a tag that must not be moved there"},
      {{412, "PRECONDITION", "configured as immutable"}, "[a tag that must not be moved there"},
      {{403, "DENIED", "adding 1.0 GiB would exceed the configured quota"}, "[there is no room"},
      {{429, "TOOMANYREQUESTS", "slow down"}, "[the registry limits how often"},
      {{.status = 429, .proof = Proof::none}, "who logs in may often ask more]"},
      {{.status = 413}, "--chunk-size"},
      {{.status = 415}, "--format oci"},
      {{400, "MANIFEST_INVALID", "schema"}, "--format docker"},
      {{404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry"},
       "push --check-blobs sends what is missing]"},
      {{405, "UNSUPPORTED", "The operation is unsupported."}, "for reading only]"},
  };
  for (const auto& [given, expected] : cases) {
    EXPECT_THAT(refused(given), HasSubstr(expected)) << given.status << given.code;
  }
}

TEST(Refusal, IsOneLineOfBoundedLength) {
  const std::string text = refused({500, "X", "a\\n\\u001b[2J" + std::string(10'000, 'x')});
  EXPECT_THAT(text, AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\n")), EndsWith("…")));
  EXPECT_LT(text.size(), 500U);
}

// "Basic bWU6c2VzYW1l" is me:sesame.
TEST(Answer, RepeatsNoCredentialThatAServerRepeats) {
  for (const char* sent : {"Basic bWU6c2VzYW1l", "Bearer to.ken-1", "refresh-secret"}) {
    const std::string text(sent);
    const std::string secret = text.substr(text.find(' ') + 1);
    for (const std::string& body :
         {"no " + text + ", and sesame",
          R"({"errors":[{"code":"DENIED","message":"not )" + secret + R"("}]})"}) {
      Response response =
          FakeTransport::answer({.url = Url::parse("https://r.example/")}, 401, body);
      response.authorization = text;
      const std::string message = refusal([&]() -> int { throw refusal_of(response, "it"); });
      EXPECT_THAT(message, Not(HasSubstr(secret)));
      EXPECT_THAT(message, HasSubstr("[left out]"));
      EXPECT_TRUE(!text.starts_with("Basic") || message.find("sesame") == std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ocimux::test
