#include "compose/image_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string diff_id = "sha256:" + std::string(64, 'd');
constexpr std::int64_t some_time = 1'795'208'400;  // 2026-11-20T21:00:00Z

RootfsConfig rootfs(Platform platform, std::vector<std::string> instructions = {}) {
  RootfsConfig rootfs{std::move(platform), {Digest::parse(diff_id)}};
  rootfs.created = some_time;
  rootfs.instructions = std::move(instructions);
  return rootfs;
}

std::string finished(std::string_view config, const RootfsConfig& of) {
  return finish_config(Json::parse(config), of);
}

// BuildKit, util/system/path.go and frontend/dockerfile/dockerfile2llb: a scratch image of Linux
// gets a PATH, one of Windows does not.
TEST(DefaultConfig, IsWhatBuildKitWrites) {
  EXPECT_EQ(default_config("linux").dump(),
            R"({"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:)"
            R"(/bin"],"WorkingDir":"/"}})");
  EXPECT_EQ(default_config("windows").dump(), R"({"config":{"WorkingDir":"/"}})");
  EXPECT_EQ(default_config("freebsd").dump(), default_config("linux").dump());
}

TEST(FinishConfig, OfADefaultConfig) {
  EXPECT_EQ(
      finish_config(default_config("linux"), rootfs({"linux", "arm", "v7"})),
      R"({"created":"2026-11-20T21:00:00Z","architecture":"arm","os":"linux","variant":"v7",)"
      R"("config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],)"
      R"("WorkingDir":"/"},"rootfs":{"type":"layers","diff_ids":[")" +
          diff_id +
          R"("]},"history":[{"created":"2026-11-20T21:00:00Z","comment":)"
          R"("root filesystem imported as one layer"}]})");
}

TEST(FinishConfig, OfWindowsWithVersionAndFeatures) {
  EXPECT_THAT(finished("{}", rootfs({"windows", "amd64", "", "10.0.20348.1607", {"win32k"}})),
              StartsWith(R"({"created":"2026-11-20T21:00:00Z","architecture":"amd64",)"
                         R"("os":"windows","os.version":"10.0.20348.1607",)"
                         R"("os.features":["win32k"],"rootfs":)"));
}

TEST(FinishConfig, TellsInstructionsInTheHistoryWithoutALayer) {
  EXPECT_THAT(finished("{}", rootfs({"linux", "amd64"}, {"USER a", "CMD b"})),
              HasSubstr(R"("history":[{"created":"2026-11-20T21:00:00Z","comment":)"
                        R"("root filesystem imported as one layer"},)"
                        R"({"created":"2026-11-20T21:00:00Z","created_by":"USER a",)"
                        R"("empty_layer":true},)"
                        R"({"created":"2026-11-20T21:00:00Z","created_by":"CMD b",)"
                        R"("empty_layer":true}]})"));
}

TEST(FinishConfig, ReplacesWhatAnotherImageSaidOfItself) {
  const std::string text = finished(
      R"({"history":[{},{}],"rootfs":{"type":"layers","diff_ids":["a","b"]},"variant":"v8",)"
      R"("os.version":"1","os.features":["x"],"os":"plan9","architecture":"mips",)"
      R"("created":"1999","author":"me","config":{"User":"u"}})",
      rootfs({"linux", "amd64"}));
  EXPECT_EQ(text, R"({"created":"2026-11-20T21:00:00Z","author":"me","architecture":"amd64",)"
                  R"("os":"linux","config":{"User":"u"},"rootfs":{"type":"layers","diff_ids":[")" +
                      diff_id + R"("]},"history":[{"created":"2026-11-20T21:00:00Z","comment":)" +
                      R"("root filesystem imported as one layer"}]})");
}

TEST(FinishConfig, KeepsUnknownMembersInTheirOrderBehindTheKnown) {
  EXPECT_THAT(finished(R"({"z":1,"config":{},"a":{"b":[]}})", rootfs({"linux", "amd64"})),
              testing::EndsWith(R"(}],"z":1,"a":{"b":[]}})"));
}

TEST(FinishConfig, DoesNotDependOnTheOrderOfKnownMembers) {
  EXPECT_EQ(finished(R"({"config":{},"author":"x"})", rootfs({"linux", "amd64"})),
            finished(R"({"author":"x","config":{}})", rootfs({"linux", "amd64"})));
}

TEST(ParseUserConfig, TakesAConfigOrAPartOfOne) {
  EXPECT_EQ(parse_user_config(R"({"config":{"User":"cnb"}})").dump(),
            R"({"config":{"User":"cnb"}})");
  EXPECT_EQ(refusal([] { return parse_user_config(R"({"os":"linux"})").dump(); }), "");
  EXPECT_EQ(refusal([] { return parse_user_config(R"({"rootfs":{}})").dump(); }), "");
}

TEST(ParseUserConfig, RefusesWhatIsNone) {
  const auto refused = [](const char* text) {
    return refusal([&] { return parse_user_config(text).dump(); });
  };
  EXPECT_THAT(refused(R"({"Entrypoint":["/velero"]})"),
              AllOf(StartsWith("corrupt: expected an OCI image config, found a document without a "
                               "member 'config'"),
                    HasSubstr("[for example {")));
  EXPECT_THAT(refused("{}"), HasSubstr("without a member 'config'"));
  EXPECT_THAT(refused(R"({"config":null})"), HasSubstr("without a member 'config'"));
  EXPECT_EQ(refused(R"({"config":["/velero"]})"),
            "corrupt: config: expected an object, found an array");
  EXPECT_EQ(refused(R"({"config":"sha256:x"})"),
            "corrupt: config: expected an object, found a string");
  EXPECT_THAT(refused("[]"), HasSubstr("corrupt: expected an object, found an array"));
  EXPECT_THAT(refused("FROM scratch"), HasSubstr("corrupt: expected a JSON document"));
  EXPECT_THAT(refused(""), HasSubstr("corrupt: expected a JSON document"));
}

// It has a member config as well.
TEST(ParseUserConfig, RefusesAManifest) {
  const std::string manifest =
      R"({"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.)"
      R"(image.config.v1+json","digest":"sha256:x","size":1},"layers":[]})";
  EXPECT_THAT(refusal([&] { return parse_user_config(manifest).dump(); }),
              StartsWith("corrupt: expected an OCI image config, found "));
}

std::string taken(std::string_view config, std::string_view other) {
  Json json = Json::parse(config);
  take_settings(json, Json::parse(other));
  return json.dump();
}

TEST(TakeSettings, PutsTheOthersOverItsOwn) {
  EXPECT_EQ(taken(R"({"config":{"A":1,"B":2}})", R"({"config":{"B":[3],"C":null},"os":"x"})"),
            R"({"config":{"A":1,"B":[3],"C":null}})");
  EXPECT_EQ(taken("{}", R"({"config":{"A":1}})"), R"({"config":{"A":1}})");
}

TEST(TakeSettings, LeavesAllWhereTheOtherHasNone) {
  EXPECT_EQ(taken(R"({"config":{"A":1}})", "{}"), R"({"config":{"A":1}})");
  EXPECT_EQ(taken(R"({"config":{"A":1}})", R"({"config":null})"), R"({"config":{"A":1}})");
}

TEST(TakeSettings, RefusesSettingsThatAreNone) {
  EXPECT_THAT(refusal([] { return taken("{}", R"({"config":[]})"); }),
              HasSubstr("corrupt: expected an object, found an array"));
}

}  // namespace
}  // namespace ocimux
