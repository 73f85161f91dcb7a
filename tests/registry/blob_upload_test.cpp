#include "registry/blob_upload.hpp"

#include "digest/digester.hpp"
#include "support/fake_transport.hpp"
#include "support/files.hpp"
#include "support/refusal.hpp"
#include "support/upload_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr std::int64_t mebibyte = 1 << 20;

std::string content_of(std::int64_t size) {
  std::string text(static_cast<std::size_t>(size), '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 7 + i / 253);
  return text;
}

class BlobUploadTest : public testing::Test {
 protected:
  [[nodiscard]] Repository repository(int retries = 3) {
    return {server,      Url::parse("https://r.example/"), "a/b", noting(waits, retries), {},
            Access::push};
  }
  [[nodiscard]] BlobUpload upload() {
    const auto size = static_cast<std::int64_t>(content.size());
    const Digest digest = Digest::of(content);
    return {.blob = {"layer", digest, size},
            .body = verified(memory_body(content), digest, size),
            .read = [this](std::int64_t bytes) { told += bytes; }};
  }
  BlobOutcome send(const BlobUpload& what, int retries = 3) {
    return upload_blob(repository(retries), what, silent_progress());
  }
  BlobOutcome send(int retries = 3) { return send(upload(), retries); }
  void expect_stored() { EXPECT_EQ(server->blobs[Digest::of(content).string()], content); }

  std::shared_ptr<UploadServer> server = std::make_shared<UploadServer>();
  std::vector<std::chrono::milliseconds> waits;
  std::string content = content_of(3000);
  std::int64_t told = 0;
};

TEST_F(BlobUploadTest, SendsInOnePiece) {
  EXPECT_EQ(send(), BlobOutcome::sent);
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 3000"));
  EXPECT_EQ(server->requests[1].headers.find("Content-Type"), "application/octet-stream");
  EXPECT_EQ(told, 3000);
  expect_stored();
}

TEST_F(BlobUploadTest, SendsNothingOfAnEmptyBlob) {
  content = "";
  send();
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 0"));
  expect_stored();
}

TEST_F(BlobUploadTest, MountsFromTheFirstThatHasIt) {
  BlobUpload what = upload();
  what.mount_from = {"other/none", "other/base"};
  server->elsewhere = {"other/base@" + what.blob.digest.string()};
  EXPECT_EQ(send(what), BlobOutcome::sent) << "a session that was begun instead is used";
  EXPECT_THAT(server->log, ElementsAre("MOUNT", "PUT 3000"));
  what.mount_from = {"other/base"};
  server->log.clear();
  EXPECT_EQ(send(what), BlobOutcome::mounted);
  EXPECT_THAT(server->log, ElementsAre("MOUNT"));
  EXPECT_THAT(server->requests.back().url.string(), HasSubstr("from=other%2Fbase"));
  EXPECT_EQ(server->requests.back().scope, "repository:a/b:pull,push repository:other/base:pull");
}

TEST_F(BlobUploadTest, DoesNotMountFromItself) {
  BlobUpload what = upload();
  what.mount_from = {"a/b"};
  send(what);
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 3000"));
}

TEST_F(BlobUploadTest, SendsPartsOnRequest) {
  BlobUpload what = upload();
  what.part_size = 1024;
  send(what);
  EXPECT_THAT(server->log, ElementsAre("POST", "PATCH 1024", "PATCH 1024", "PATCH 952", "PUT 0"));
  expect_stored();
}

TEST_F(BlobUploadTest, PartsAreAsLargeAsTheRegistryWants) {
  BlobUpload what = upload();
  what.part_size = 1024;
  server->least_part = 2000;
  send(what);
  EXPECT_THAT(server->log, ElementsAre("POST", "PATCH 2000", "PATCH 1000", "PUT 0"));
}

TEST_F(BlobUploadTest, TakesEcrsAnswerToAPart) {
  BlobUpload what = upload();
  what.part_size = 2000;
  server->answer_to_parts = 201;
  send(what);
  expect_stored();
}

TEST_F(BlobUploadTest, GoesOnInPartsWhereABodyIsTooLarge) {
  content = content_of(5 * mebibyte);
  server->most_whole = server->most_part = mebibyte;
  send();
  EXPECT_EQ(server->log.front(), "POST");
  EXPECT_EQ(server->log.back(), "PUT 0");
  EXPECT_THAT(waits, IsEmpty()) << "nothing failed";
  expect_stored();
}

TEST_F(BlobUploadTest, TellsWhereEvenPartsAreTooLarge) {
  content = content_of(5 * mebibyte);
  server->most_whole = server->most_part = 1000;
  EXPECT_THAT(refusal([&] { return send(); }), HasSubstr("413"));
}

TEST_F(BlobUploadTest, SendsSmallerPartsToWhoAnswers416) {
  content = content_of(9 * mebibyte);
  server->most_whole = server->most_part = 4 * mebibyte;
  server->part_too_large = 416;
  send();
  expect_stored();
}

TEST_F(BlobUploadTest, TakesUpABrokenUploadWhereItBroke) {
  content = content_of(3 * mebibyte);
  server->breaks = {2 * mebibyte};
  send();
  EXPECT_THAT(server->log,
              ElementsAre("POST", "PUT broke at 2097152", "GET 2097152", "PATCH 1048576", "PUT 0"));
  EXPECT_EQ(told, 3 * mebibyte) << "each byte is told of once";
  expect_stored();
}

TEST_F(BlobUploadTest, BeginsAnewWhereTheUploadWasForgotten) {
  for (const bool forgets : {false, true}) {
    server->breaks = {2000};
    server->remembers = false;
    server->forgets_sessions = forgets;
    server->blobs.clear();
    send();
    expect_stored();
    EXPECT_EQ(server->log.back(), "PUT 3000");
  }
  EXPECT_EQ(told, 6000);
}

TEST_F(BlobUploadTest, DoesNotSendAgainWhatIsThere) {
  server->loses_answers = true;
  send();
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 3000", "GET unknown", "HEAD"));
}

TEST_F(BlobUploadTest, SendsInOnePieceWhereABrokenUploadCannotBeTakenUp) {
  for (const int status : {400, 404, 405, 415, 416, 501}) {
    server->answer_to_parts = status;
    server->breaks = {2000};
    server->blobs.clear();
    send();
    expect_stored();
    EXPECT_EQ(server->log.back(), "PUT 3000") << status;
  }
}

TEST_F(BlobUploadTest, TellsARegistryThatTakesNeitherPartsNorPieces) {
  server->most_whole = 1000;
  server->answer_to_parts = 405;
  EXPECT_THAT(refusal([&] { return send(); }), HasSubstr("405"));
}

TEST_F(BlobUploadTest, BeginsAnewWhereTheRegistryKeptWrongBytes) {
  content = content_of(3 * mebibyte);
  server->breaks = {2 * mebibyte};
  server->stores_wrong = true;
  send();
  expect_stored();
}

TEST_F(BlobUploadTest, BelievesNoRegistryThatHasMoreThanCanBe) {
  server->breaks = {1000};
  server->claims = std::to_string(INT64_MAX);
  send();
  EXPECT_THAT(server->log, testing::Contains("PUT 3000"));
  expect_stored();
}

TEST_F(BlobUploadTest, TriesAgainAsOftenAsThePolicySays) {
  server->failures = {500, 503, 429};
  send(3);
  expect_stored();
  EXPECT_EQ(waits.size(), 3U);
  server->failures = {500, 500, 500, 500};
  server->blobs.clear();
  EXPECT_THAT(refusal([&] { return send(3); }),
              AllOf(StartsWith("network: sha256:"), HasSubstr("500")));
}

TEST_F(BlobUploadTest, ProgressEarnsNewAttempts) {
  content = content_of(9 * mebibyte);
  server->breaks.assign(8, mebibyte);
  send(1);
  expect_stored();
}

// A proxy that ends every connection after some bytes, before a registry that keeps nothing.
TEST_F(BlobUploadTest, ComesToAnEndWhereEveryAttemptBreaksAtTheSamePlace) {
  content = content_of(9 * mebibyte);
  for (const std::int64_t part : {std::int64_t{0}, 2 * mebibyte}) {
    BlobUpload what = upload();
    what.part_size = part;
    server->remembers = false;
    server->forgets_sessions = true;
    server->breaks.clear();
    for (int i = 0; i < 1000; ++i) {
      if (part != 0) server->breaks.insert(server->breaks.end(), {2 * mebibyte, 2 * mebibyte});
      server->breaks.push_back(mebibyte);
    }
    EXPECT_THAT(refusal([&] { return send(what, 4); }), HasSubstr("the cable was pulled"));
    EXPECT_LE(waits.size(), 24U);
    waits.clear();
  }
}

TEST_F(BlobUploadTest, NeverCompletesWrongContent) {
  for (const std::int64_t part : {0, 1000}) {
    BlobUpload what = upload();
    what.part_size = part;
    std::string wrong = content;
    wrong[1500] ^= 1;
    what.body = verified(memory_body(wrong), what.blob.digest, what.blob.size);
    EXPECT_THAT(refusal([&] { return send(what); }), HasSubstr("expected content with digest"));
    EXPECT_THAT(server->blobs, IsEmpty());
    EXPECT_THAT(server->log, Not(testing::Contains("digest invalid")));
    EXPECT_EQ(server->open_sessions(), 0U) << "cancelled";
  }
}

TEST_F(BlobUploadTest, FollowsAForeignLocationWithoutLeavingTls) {
  server->locations = "https://blobs.example/take/";
  send();
  EXPECT_EQ(server->requests[1].url.origin().host, "blobs.example");
  EXPECT_EQ(server->requests[1].led_from, Network::outside);
  EXPECT_EQ(server->requests[1].led_by, Url::parse("https://r.example/").origin());
}

TEST_F(BlobUploadTest, RefusalsSayWhatTheRegistrySaid) {
  server->failures = {403};
  EXPECT_THAT(refusal([&] { return send(); }),
              StartsWith("denied: " + upload().blob.digest.string()));
}

class BlobUploadAcrossProcesses : public BlobUploadTest {
 protected:
  BlobUploadAcrossProcesses() { content = content_of(9 * mebibyte); }
  BlobUpload noted() {
    BlobUpload what = upload();
    what.journal = &journal;
    return what;
  }
  // Every further byte of this process is lost, with all of its attempts.
  void dies_after(std::int64_t bytes) {
    server->breaks = {bytes};
    static_cast<void>(refusal([&] { return send(noted(), 0); }));
    server->log.clear();
    told = 0;
  }

  TemporaryDirectory folder;
  UploadJournal journal{folder.path() / "cache/uploads"};
};

TEST_F(BlobUploadAcrossProcesses, SendsOnlyTheRest) {
  dies_after(6 * mebibyte);
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("GET 6291456", "PATCH 3145728", "PUT 0"));
  expect_stored();
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "cache/uploads")) << "nothing is left";
}

TEST_F(BlobUploadAcrossProcesses, BeginsAnewWhereItWasForgotten) {
  server->forgets_sessions = true;
  dies_after(6 * mebibyte);
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("GET unknown", "POST", "PUT 9437184"));
}

TEST_F(BlobUploadAcrossProcesses, WhatTookThePlaceOfAForgottenOneIsTakenUp) {
  server->forgets_sessions = true;
  dies_after(6 * mebibyte);
  server->forgets_sessions = false;
  dies_after(7 * mebibyte);
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("GET 7340032", "PATCH 2097152", "PUT 0"));
}

TEST_F(BlobUploadAcrossProcesses, TakesUpWhatWasBegunInsteadOfMounting) {
  BlobUpload what = noted();
  what.mount_from = {"other/none"};
  server->breaks = {6 * mebibyte};
  EXPECT_THAT(refusal([&] { return send(what, 0); }), HasSubstr("the cable was pulled"));
  server->log.clear();
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("GET 6291456", "PATCH 3145728", "PUT 0"));
}

TEST_F(BlobUploadAcrossProcesses, TakesUpNothingThatOthersCouldHaveWritten) {
  dies_after(6 * mebibyte);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "cache/uploads")) {
    std::filesystem::permissions(entry.path(), std::filesystem::perms::others_write,
                                 std::filesystem::perm_options::add);
  }
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 9437184"));
}

TEST_F(BlobUploadAcrossProcesses, WhoRefusesPartsGetsOnePiece) {
  dies_after(6 * mebibyte);
  server->answer_to_parts = 405;
  send(noted());
  EXPECT_EQ(server->log.back(), "PUT 9437184");
  expect_stored();
}

TEST_F(BlobUploadAcrossProcesses, TakesUpNothingOfAnotherRegistry) {
  dies_after(6 * mebibyte);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "cache/uploads")) {
    write_file(entry.path(), "https://evil.example/collect");
  }
  send(noted());
  EXPECT_THAT(server->log, ElementsAre("POST", "PUT 9437184"));
}

TEST_F(BlobUploadAcrossProcesses, AForeignAddressIsNotKept) {
  server->locations = "https://blobs.example/take/";
  dies_after(6 * mebibyte);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path() / "cache/uploads")) {
    EXPECT_EQ(read_file(entry.path()), "");
  }
}

TEST_F(BlobUploadAcrossProcesses, SmallBlobsAreNotNoted) {
  content = content_of(1000);
  dies_after(500);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "cache"));
}

}  // namespace
}  // namespace ocimux::test
