#include "registry/repository.hpp"

#include "support/fake_transport.hpp"
#include "support/image_builder.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Kind = TransferError::Kind;

class RepositoryTest : public testing::Test {
 protected:
  [[nodiscard]] Repository repository(int retries = 3) {
    return {fake, Url::parse("https://r.example/"), "a/b", noting(waits, retries)};
  }
  [[nodiscard]] std::string refused(const std::string& version = "1") {
    return refusal([&] { return repository().manifest(version); });
  }
  [[nodiscard]] Body blob(std::int64_t size) {
    return repository().blob({"layer", Digest::of("blob"), size});
  }
  [[nodiscard]] std::string sent(std::size_t i, const char* name) const {
    return std::string(fake->requests.at(i).headers.find(name));
  }
  /// Breaks after this much of an answer.
  void breaks(int status, const std::string& text, const Headers& headers = {}) {
    fake->then([=](const Request& request) -> Response {
      return {status, headers, std::make_unique<BreakingSource>(text), request.url};
    });
  }

  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  std::vector<std::chrono::milliseconds> waits;
  const std::string index =
      R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":[]})";
  const Headers typed{{"Content-Type", oci_index_type}};
};

TEST_F(RepositoryTest, ReadsAManifestByTag) {
  fake->then(200, index,
             {{"Content-Type", oci_index_type + "; charset=utf-8"},
              {"Docker-Content-Digest", sha256(index)}});
  const RemoteDocument document = repository().manifest("v1");
  EXPECT_EQ(document.text, index);
  EXPECT_EQ(document.descriptor.digest.string(), sha256(index));
  EXPECT_EQ(document.descriptor.media_type, oci_index_type);
  EXPECT_EQ(document.descriptor.size, static_cast<std::int64_t>(index.size()));
  EXPECT_EQ(fake->requests[0].url.string(), "https://r.example/v2/a/b/manifests/v1");
  EXPECT_EQ(fake->requests[0].scope, "repository:a/b:pull");
  for (const char* type :
       {"application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json"}) {
    EXPECT_THAT(sent(0, "Accept"), HasSubstr(type));
  }
}

TEST_F(RepositoryTest, RefusesBytesWithAnotherDigest) {
  fake->then(200, index + " ", typed);
  EXPECT_THAT(refused(sha256(index)), AllOf(StartsWith("corrupt: expected content with digest "),
                                            HasSubstr(sha256(index))));
  fake->then(200, index,
             {{"Content-Type", oci_index_type}, {"Docker-Content-Digest", sha256("x")}});
  EXPECT_THAT(refused(), StartsWith("corrupt: expected content with digest " + sha256("x")));
  fake->then(200, index,
             {{"Content-Type", oci_index_type}, {"Docker-Content-Digest", "sha256:../x"}});
  EXPECT_THAT(refused(), StartsWith("corrupt: Docker-Content-Digest: "));
}

TEST_F(RepositoryTest, ContentTypeAndDocumentMustAgree) {
  fake->then(200, index, {{"Content-Type", oci_manifest_type}});
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: "), HasSubstr("as its Content-Type says")));
  for (const char* type : {"application/json", "text/plain; charset=utf-8", ""}) {
    fake->then(200, index, {{"Content-Type", type}});
    EXPECT_EQ(repository().manifest("1").descriptor.media_type, oci_index_type) << type;
  }
  fake->then(200, "{}", {{"Content-Type", "application/json"}});
  EXPECT_THAT(refused(), StartsWith("unsupported: expected an image manifest or index"));
  fake->then(200, "{}",
             {{"Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws"}});
  EXPECT_THAT(refused(), AllOf(StartsWith("unsupported: "), HasSubstr("before 2016")));
  fake->then(200, "<html>", {{"Content-Type", "text/html"}});
  EXPECT_THAT(refused(), testing::MatchesRegex("(corrupt|unsupported): .*"));
}

TEST_F(RepositoryTest, BoundsDocuments) {
  fake->then(200, std::string((4 << 20) + 1, ' '), typed);
  EXPECT_THAT(refused(), StartsWith("corrupt: "));
}

TEST_F(RepositoryTest, SaysWhatTheRegistrySays) {
  fake->then(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]})");
  EXPECT_EQ(refused(),
            "not_found: expected this manifest, found status 404: manifest unknown "
            "(MANIFEST_UNKNOWN)");
  fake->then(403, R"({"errors":[{"code":"DENIED","message":"no"},{"code":"X"}]})");
  EXPECT_THAT(refused(),
              StartsWith("denied: expected this manifest, found status 403: no (DENIED); X ["));
  fake->then(500, "<html>a page</html>");
  EXPECT_EQ(refused(), "network: expected this manifest, found status 500");
}

TEST_F(RepositoryTest, WhatTheRegistrySaysIsHarmless) {
  fake->then(404, "\x1b[31mred\r\nnext\x07" + std::string(1 << 20, 'x'));
  const std::string text = refused();
  EXPECT_THAT(text, HasSubstr(" [31mred  next xxx"));
  EXPECT_LT(text.size(), 600U);
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST_F(RepositoryTest, ReadsABrokenDocumentAgain) {
  breaks(200, index.substr(0, 10), typed);
  fake->then(200, index, typed);
  EXPECT_EQ(repository().manifest("1").text, index);
  EXPECT_THAT(waits, SizeIs(1));
}

TEST_F(RepositoryTest, BlobIsNotAskedForBeforeItIsRead) {
  const Body body = blob(4);
  const auto source = body.open();
  EXPECT_THAT(fake->requests, IsEmpty());
  fake->then(200, "blob").then(200, "blob");
  KeepingSink sink;
  drain(*source, sink);
  EXPECT_EQ(sink.text, "blob");
  EXPECT_EQ(text_of(body), "blob") << "each open() starts at the front";
  EXPECT_EQ(fake->requests[0].url.string(),
            "https://r.example/v2/a/b/blobs/" + Digest::of("blob").string());
}

TEST_F(RepositoryTest, TakesABrokenDownloadUpWhereItBroke) {
  breaks(200, "bl");
  breaks(206, "o", {{"Content-Range", "bytes 2-3/4"}});
  fake->then(206, "b", {{"Content-Range", "bytes 3-3/4"}});
  EXPECT_EQ(text_of(blob(4)), "blob");
  EXPECT_EQ(sent(0, "Range"), "");
  EXPECT_EQ(sent(1, "Range"), "bytes=2-");
  EXPECT_EQ(sent(2, "Range"), "bytes=3-");
}

TEST_F(RepositoryTest, AnAnswerThatEndsEarlyIsABrokenOne) {
  fake->then(200, "bl").then(206, "ob", {{"Content-Range", "bytes 2-3/4"}});
  EXPECT_EQ(text_of(blob(4)), "blob");
}

TEST_F(RepositoryTest, ReadsFromTheFrontWhereThereIsNoRange) {
  breaks(200, "bl");
  fake->then(200, "blob");
  EXPECT_EQ(text_of(blob(4)), "blob");
}

TEST_F(RepositoryTest, RefusesAnotherRange) {
  breaks(200, "bl");
  fake->then(206, "lob", {{"Content-Range", "bytes 1-3/4"}});
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("corrupt: sha256:"), HasSubstr("expected 'bytes 2-…'")));
}

TEST_F(RepositoryTest, GivesUpWhenNothingComesAnyMore) {
  breaks(200, "bl");
  for (int i = 0; i < 3; ++i) breaks(206, "", {{"Content-Range", "bytes 2-3/4"}});
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("network: sha256:"), HasSubstr("after 2 of 4 bytes")));
  EXPECT_THAT(waits, SizeIs(3));
}

TEST_F(RepositoryTest, RetriesAreNotSquared) {
  const Repository retrying(
      std::make_shared<RetryTransport>(fake, noting(waits, 3), silent_progress()),
      Url::parse("https://r.example/"), "a/b", noting(waits, 3));
  const Body body = retrying.blob({"layer", Digest::of("blob"), 4});
  breaks(200, "bl");
  for (int i = 0; i < 4; ++i) fake->then_fails(Kind::broken);
  EXPECT_THAT(refusal([&] { return text_of(body); }),
              AllOf(StartsWith("network: sha256:"), HasSubstr("after 2 of 4 bytes")));
  EXPECT_THAT(waits, SizeIs(1 + 3)) << "one for the body, the transport's own for the request";
  EXPECT_TRUE(fake->is_over());
}

TEST_F(RepositoryTest, ABlobThatIsShorterInTheRegistry) {
  fake->then(200, "bl").then(416);
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("corrupt: sha256:"), HasSubstr("expected 4 bytes, found 2")));
  fake->then(200, "bl").then(404);
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("not_found: sha256:"), HasSubstr("after 2 of 4 bytes")));
}

TEST_F(RepositoryTest, ProgressEarnsNewAttempts) {
  constexpr std::size_t pieces = 10;
  const std::string piece(1 << 20, 'x');
  breaks(200, piece);
  for (std::size_t i = 1; i < pieces; ++i) {
    breaks(206, piece, {{"Content-Range", "bytes " + std::to_string(i * piece.size()) + "-"}});
  }
  EXPECT_EQ(text_of(blob(static_cast<std::int64_t>(pieces * piece.size()))).size(),
            pieces * piece.size());
  EXPECT_THAT(waits, SizeIs(pieces - 1)) << "more than three, which are all there are at once";
}

TEST_F(RepositoryTest, RefusesMoreThanABlobsSize) {
  fake->then(200, "blobb");
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("corrupt: sha256:"), HasSubstr("expected 4 bytes, found more")));
}

TEST_F(RepositoryTest, ABlobThatIsNotThere) {
  fake->then(404);
  EXPECT_THAT(refusal([&] { return text_of(blob(4)); }),
              AllOf(StartsWith("not_found: sha256:"), HasSubstr("expected this blob")));
  fake->then(404);
  EXPECT_EQ(repository().blob_size(Digest::of("x")), std::nullopt);
  fake->then(200, "", {{"Content-Length", "12"}});
  EXPECT_EQ(repository().blob_size(Digest::of("x")), 12);
  fake->then(200, "", {{"Content-Length", "-12"}});
  EXPECT_THAT(refusal([&] { return repository().blob_size(Digest::of("x")); }),
              StartsWith("corrupt: "));
  EXPECT_EQ(fake->requests.back().method, "HEAD");
}

TEST_F(RepositoryTest, FailuresBecomeErrorsWithAHint) {
  fake->then_fails(Kind::untrusted);
  EXPECT_THAT(refused(), AllOf(StartsWith("network: "), HasSubstr("--ca-file")));
  fake->then_fails(Kind::not_tls);
  EXPECT_THAT(refused(), AllOf(StartsWith("network: "), HasSubstr("--plain-http")));
}

class RepositoryTakesManifests : public RepositoryTest {
 protected:
  [[nodiscard]] bool put(int retries = 5) {
    const auto size = static_cast<std::int64_t>(index.size());
    return repository(retries).put_manifest("1", {oci_index_type, Digest::of(index), size}, index);
  }
  const std::string unknown =
      R"({"errors":[{"code":"DIGEST_INVALID"},{"code":"MANIFEST_BLOB_UNKNOWN"}]})";
};

TEST_F(RepositoryTakesManifests, AsksAgainWhereWhatItNamesSeemsToBeMissing) {
  fake->then(400, unknown).then(404, unknown).then(201);
  EXPECT_FALSE(put());
  EXPECT_THAT(waits, SizeIs(2));
  EXPECT_TRUE(fake->is_over());
}

TEST_F(RepositoryTakesManifests, AsksSomeTimesOnly) {
  fake->then(400, unknown).then(400, unknown).then(400, unknown).then(400, unknown);
  EXPECT_THAT(refusal([&] { return put(); }), HasSubstr("MANIFEST_BLOB_UNKNOWN"));
  EXPECT_TRUE(fake->is_over());
  fake->then(400, unknown);
  EXPECT_THAT(refusal([&] { return put(0); }), HasSubstr("MANIFEST_BLOB_UNKNOWN"));
}

TEST_F(RepositoryTakesManifests, AsksOnceWhereTheManifestIsNoGood) {
  fake->then(400, R"({"errors":[{"code":"MANIFEST_INVALID"}]})");
  EXPECT_THAT(refusal([&] { return put(); }), HasSubstr("MANIFEST_INVALID"));
  EXPECT_THAT(waits, IsEmpty());
}

}  // namespace
}  // namespace ocimux::test
