#include "registry/warning_transport.hpp"

#include "support/fake_transport.hpp"
#include "support/files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Warnings : public testing::Test {
 protected:
  void send(Headers headers, const std::string& host = "r.example") {
    fake->then(200, "", std::move(headers));
    transport.send({.url = Url::parse("https://" + host + "/v2/")});
  }

  std::shared_ptr<FakeTransport> fake = std::make_shared<FakeTransport>();
  RecordingProgress progress;
  WarningTransport transport{fake, progress};
};

TEST_F(Warnings, AreToldOnceEach) {
  send({{"warning", R"(299 - "your token ends soon")"},
        {"Warning", R"(299 - "a \"quoted\" word")"}});
  send({{"Warning", R"(299 - "your token ends soon", 299 - "two")"}});
  EXPECT_THAT(progress.warnings(), ElementsAre("https://r.example says: your token ends soon",
                                               "https://r.example says: a \"quoted\" word",
                                               "https://r.example says: two"));
}

TEST_F(Warnings, OfEachServer) {
  send({{"Warning", R"(299 - "x")"}});
  send({{"Warning", R"(299 - "x")"}}, "s.example");
  EXPECT_THAT(progress.warnings(), SizeIs(2));
}

TEST_F(Warnings, OthersArePassedOver) {
  for (const char* text : {"", "299", "299 -", "299 - x", R"(110 - "stale")", R"(299 proxy "x")",
                           R"("299" - "x")", "299 - \""}) {
    send({{"Warning", text}});
  }
  EXPECT_THAT(progress.warnings(), IsEmpty());
}

TEST_F(Warnings, AreMadeFitToBeShown) {
  send({{"Warning", "299 - \"a\x1b[2Jb\""}});
  EXPECT_THAT(progress.warnings(), ElementsAre("https://r.example says: a [2Jb"));
}

TEST_F(Warnings, AreBounded) {
  send({{"Warning", "299 - \"" + std::string(4090, 'x') + "\""}});
  EXPECT_THAT(progress.warnings(), IsEmpty());
  for (int i = 0; i < 200; ++i) {
    send({{"Warning", "299 - \"" + std::to_string(i) + "\""}});
  }
  EXPECT_THAT(progress.warnings(), SizeIs(100));
}

}  // namespace
}  // namespace ocimux::test
