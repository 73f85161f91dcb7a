#include "registry/referrers.hpp"

#include "registry/link.hpp"
#include "support/fake_transport.hpp"
#include "support/image_builder.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const Digest subject = Digest::of("subject");

class ReferrersTest : public testing::Test {
 protected:
  std::optional<Index> list() {
    const Repository repository(fake, Url::parse("https://r.example/"), "a/b", noting(waits));
    return repository.referrers(subject);
  }
  static std::string page(const std::vector<std::string>& names) {
    std::string entries;
    for (const std::string& name : names) {
      entries += (entries.empty() ? "" : ",") + descriptor(oci_manifest_type, name);
    }
    return R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":[)" + entries +
           "]}";
  }
  void answers(const std::string& text, const std::string& link = "") {
    Headers headers{{"Content-Type", oci_index_type}};
    if (!link.empty()) headers.add("Link", link);
    fake->then(200, text, headers);
  }

  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  std::vector<std::chrono::milliseconds> waits;
};

TEST_F(ReferrersTest, AreListed) {
  answers(page({"one", "two"}));
  const auto index = list();
  ASSERT_TRUE(index);
  ASSERT_THAT(index->manifests, SizeIs(2));
  EXPECT_EQ(index->manifests[1].digest.string(), sha256("two"));
  EXPECT_EQ(fake->requests[0].url.string(),
            "https://r.example/v2/a/b/referrers/" + subject.string());
  EXPECT_EQ(fake->requests[0].headers.find("Accept"), oci_index_type);
  answers(page({}));
  EXPECT_TRUE(list()) << "none is an answer, too";
  answers(R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":null})");
  EXPECT_THAT(list()->manifests, IsEmpty()) << "olareg says it like this";
}

TEST_F(ReferrersTest, ComeInPages) {
  answers(page({"one"}), "</v2/a/b/referrers/x?n=1&last=one>; rel=\"next\"");
  answers(page({"two"}), "<https://r.example/more>; rel=next");
  answers(page({"three"}));
  EXPECT_THAT(list()->manifests, SizeIs(3));
  EXPECT_EQ(fake->requests[1].url.string(), "https://r.example/v2/a/b/referrers/x?n=1&last=one");
  EXPECT_EQ(fake->requests[2].url.string(), "https://r.example/more");
  EXPECT_EQ(fake->requests[2].scope, "repository:a/b:pull");
}

// A hundred pages of 4 MiB each, for each of many documents, would be too much to keep.
TEST_F(ReferrersTest, WhatTheListSaysIsNotKept) {
  const std::string one = descriptor(oci_manifest_type, "one");
  for (const char* link : {"</2>; rel=next", ""}) {
    answers(R"({"schemaVersion":2,"annotations":{"a":"b"},"x":"y","manifests":[)" +
                one.substr(0, one.size() - 1) + R"(,"annotations":{"a":"b"},"x":"y"}]})",
            link);
  }
  const auto index = list();
  EXPECT_TRUE(index->annotations.empty() && index->others.empty());
  ASSERT_THAT(index->manifests, SizeIs(2));
  for (const Descriptor& listed : index->manifests) {
    EXPECT_EQ(listed.digest.string(), sha256("one"));
    EXPECT_TRUE(listed.annotations.empty() && listed.others.empty());
  }
}

TEST_F(ReferrersTest, ABrokenPageIsReadAgain) {
  fake->then([](const Request& request) -> Response {
    return {200, {}, std::make_unique<BreakingSource>("{"), request.url};
  });
  answers(page({"one"}));
  EXPECT_THAT(list()->manifests, SizeIs(1));
  EXPECT_THAT(waits, SizeIs(1));
}

TEST_F(ReferrersTest, RegistriesWithoutTheApi) {
  for (const int status : {400, 404, 405, 406, 501}) {
    fake->then(status, R"({"errors":[{"code":"NOT_FOUND"}]})");
    EXPECT_EQ(list(), std::nullopt) << status;
  }
  for (const char* body :
       {"<html>a page</html>", "{}", "[]", R"({"manifests":{}})", R"({"manifests":null})", ""}) {
    fake->then(200, body, {{"Content-Type", "text/html"}});
    EXPECT_EQ(list(), std::nullopt) << body;
  }
  EXPECT_TRUE(fake->is_over());
}

TEST_F(ReferrersTest, OtherFailuresAreFailures) {
  fake->then(403);
  EXPECT_THAT(refusal([&] { return list(); }),
              StartsWith("denied: referrers of " + subject.string() + ": expected the list"));
  fake->then(500);
  EXPECT_THAT(refusal([&] { return list(); }), StartsWith("network: "));
  answers(page({"one"}), "</2>; rel=next");
  fake->then(404);
  EXPECT_THAT(refusal([&] { return list(); }), StartsWith("not_found: ")) << "half a list is none";
  answers(page({"one"}), "</2>; rel=next");
  answers("{}");
  EXPECT_THAT(refusal([&] { return list(); }), StartsWith("corrupt: "));
  answers(R"({"manifests":[{"digest":"sha256:../x"}]})");
  EXPECT_THAT(refusal([&] { return list(); }), StartsWith("corrupt: "));
}

TEST_F(ReferrersTest, PagesOfAnotherServerAreNotAsked) {
  for (const char* link :
       {"<https://other.example/2>; rel=next", "<http://r.example/2>; rel=next",
        "<https://r.example:8443/2>; rel=next", "<//other.example/>; rel=next"}) {
    answers(page({"one"}), link);
    EXPECT_THAT(refusal([&] { return list(); }),
                AllOf(StartsWith("corrupt: "), HasSubstr("the next page on https://r.example")))
        << link;
  }
  EXPECT_THAT(fake->requests, SizeIs(4));
}

TEST_F(ReferrersTest, PagesThatNeverEnd) {
  answers(page({"one"}), "</2>; rel=next");
  answers(page({"two"}), "</2>; rel=next");
  EXPECT_THAT(refusal([&] { return list(); }), AllOf(StartsWith("corrupt: "), HasSubstr("pages")));
  EXPECT_THAT(fake->requests, SizeIs(2)) << "a circle is seen at once";

  int count = 0;
  fake->otherwise([&](const Request& request) {
    const std::string link = "</" + std::to_string(++count) + ">; rel=next";
    return FakeTransport::answer(request, 200, page({"one"}), {{"Link", link}});
  });
  EXPECT_THAT(refusal([&] { return list(); }), StartsWith("corrupt: "));
  EXPECT_EQ(count, 100);
}

TEST(FallbackTag, IsWithinTheLengthOfTags) {
  EXPECT_EQ(fallback_tag(subject), "sha256-" + std::string(subject.encoded()));
  const std::string hex(128, 'a');
  EXPECT_EQ(fallback_tag(Digest::parse("sha512:" + hex)), "sha512-" + hex.substr(0, 64));
}

TEST(Links, AreFoundByTheirRelation) {
  const auto next = [](const std::vector<std::string>& fields) {
    Headers headers;
    for (const std::string& field : fields) headers.add("Link", field);
    return link_target(headers, "next");
  };
  EXPECT_EQ(next({"</a>; rel=next"}), "/a");
  EXPECT_EQ(next({"</a> ; title=\"a; b, \\\" c\" ; REL = \"prev NEXT\""}), "/a");
  EXPECT_EQ(next({"</a,b;c>; rel=prev, </d>;rel=next"}), "/d");
  EXPECT_EQ(next({"</a>; rel=prev", "</b>; rel=next"}), "/b");
  EXPECT_EQ(next({"</a>; rel=prev; rel=next"}), "") << "of several the first counts";
  for (const char* text : {"", "/a; rel=next", "</a", "</a>", "</a>; rel", "</a>; rel=\"", "<>",
                           "</a>; rel=nextest", "</a>;;; x=\"\\"}) {
    EXPECT_THAT(next({text}), IsEmpty()) << text;
  }
}

}  // namespace
}  // namespace ocimux::test
