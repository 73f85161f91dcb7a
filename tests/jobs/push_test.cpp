#include <ocimux/jobs/push.hpp>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/loopback_registry.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

using Platform = LayoutBuilder::Platform;

/// Two platforms under one index `v1`, with a layer that both have.
class PushTest : public testing::Test {
 protected:
  PushTest() {
    // Nobody's credentials, nobody's cache.
    for (const char* name : {"DOCKER_CONFIG", "REGISTRY_AUTH_FILE", "DOCKER_AUTH_CONFIG",
                             "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"}) {
      ::unsetenv(name);
    }
    ::setenv("HOME", folder.path().c_str(), 1);
    amd64 = builder.image({.platform = {"linux", "amd64"}, .layers = {"shared", "one"}});
    arm64 = builder.image({.platform = {"linux", "arm64"}, .layers = {"shared", "two"}});
    index = builder.index({LayoutBuilder::image_descriptor(amd64, {"linux", "amd64"}),
                           LayoutBuilder::image_descriptor(arm64, {"linux", "arm64"})});
    builder.top(index, oci_index_type, "v1", "docker.io/team/app:v1");
  }

  [[nodiscard]] std::string layout() {
    builder.write_directory(folder / "layout");
    return (folder / "layout").string();
  }
  [[nodiscard]] PushOptions options(const std::string& repository = "team/app") {
    PushOptions all;
    all.source = layout();
    all.destinations = {registry.host() + "/" + repository};
    all.registry.retries = 0;
    all.registry.tls = RegistryOptions::Tls::plain_http;  // it would wait for the end of a hello
    all.jobs = 4;
    return all;
  }
  static std::ptrdiff_t first(const std::vector<std::string>& log, const std::string& beginning) {
    const auto found = std::find_if(log.begin(), log.end(), [&](const std::string& line) {
      return line.starts_with(beginning);
    });
    return found - log.begin();
  }
  static std::ptrdiff_t last(const std::vector<std::string>& log, const std::string& beginning) {
    std::ptrdiff_t at = -1;
    for (std::size_t i = 0; i < log.size(); ++i) {
      if (log[i].starts_with(beginning)) at = static_cast<std::ptrdiff_t>(i);
    }
    return at;
  }
  static std::vector<std::string> writes(std::vector<std::string> log) {
    std::erase_if(log, [](const std::string& line) {
      return line.starts_with("HEAD ") || line.starts_with("GET ");
    });
    return log;
  }

  TemporaryDirectory folder;
  LoopbackRegistry registry;
  LayoutBuilder builder;
  std::string amd64, arm64, index;
};

TEST_F(PushTest, SendsBlobsThenManifestsThenTheTag) {
  const PushResult result = push(options());
  const auto log = registry.take_log();
  EXPECT_LT(last(log, "PUT team/app/blobs"), first(log, "PUT team/app/manifests"));
  EXPECT_EQ(log.back(), "PUT team/app/manifests/v1");
  EXPECT_EQ(result.blobs_sent, 5U) << "the shared layer once";
  EXPECT_EQ(result.manifests_sent, 2U);
  EXPECT_EQ(result.tags_sent, 1U);
  ASSERT_THAT(result.tags, SizeIs(1));
  EXPECT_EQ(result.tags[0].name, registry.host() + "/team/app:v1");
  EXPECT_EQ(result.tags[0].digest.string(), sha256(index));
  for (const auto& [digest, content] : builder.blobs) {
    EXPECT_EQ(registry.content("team/app@" + digest), content);
  }
}

TEST_F(PushTest, ASecondPushAsksForManifestsAndTagsOnly) {
  push(options());
  registry.take_log();
  const PushResult result = push(options());
  EXPECT_THAT(registry.take_log(),
              testing::UnorderedElementsAre("HEAD team/app/manifests/" + sha256(amd64),
                                            "HEAD team/app/manifests/" + sha256(arm64),
                                            "HEAD team/app/manifests/v1"));
  EXPECT_EQ(result.blobs_sent + result.manifests_sent + result.tags_sent, 0U);
  EXPECT_THAT(result.tags, SizeIs(1)) << "it is told all the same";
}

TEST_F(PushTest, SendsOnlyWhatIsMissing) {
  push(options());
  registry.erase("team/app@" + sha256(arm64));
  registry.erase("team/app:v1");
  registry.take_log();
  const PushResult result = push(options());
  EXPECT_EQ(result.blobs_there, 3U);
  EXPECT_THAT(writes(registry.take_log()),
              ElementsAre("PUT team/app/manifests/" + sha256(arm64), "PUT team/app/manifests/v1"));
}

TEST_F(PushTest, ManifestsThatAreThereSpeakForTheirBlobsUnlessAsked) {
  push(options());
  for (const auto& [digest, content] : builder.blobs) {
    if (content == "shared") registry.erase("team/app@" + digest);
  }
  const std::string config = amd64.substr(amd64.find("sha256:"), sha256("").size());
  registry.erase("team/app@" + config);
  registry.take_log();
  push(options());
  EXPECT_THAT(writes(registry.take_log()), IsEmpty());
  PushOptions checking = options();
  checking.check_blobs = true;
  push(checking);
  EXPECT_TRUE(registry.has("team/app@" + config));
}

TEST_F(PushTest, MovesATagThatNamesAnotherImage) {
  push(options());
  registry.put("team/app:v1", amd64);
  EXPECT_EQ(push(options()).tags_sent, 1U);
  EXPECT_EQ(registry.content("team/app:v1"), index);
}

TEST_F(PushTest, SendsABlobOnceToARegistryAndMountsItElsewhere) {
  PushOptions both = options();
  both.destinations.push_back(registry.host() + "/mirror/app");
  const PushResult result = push(both);
  EXPECT_EQ(result.blobs_sent, 5U);
  EXPECT_EQ(result.blobs_mounted, 5U);
  EXPECT_TRUE(registry.has("mirror/app:v1"));
}

TEST_F(PushTest, SendsToSeveralRegistries) {
  LoopbackRegistry second;
  PushOptions both = options();
  both.destinations.push_back(second.host() + "/other/name:v2");
  const PushResult result = push(both);
  EXPECT_EQ(result.blobs_sent, 10U);
  EXPECT_EQ(second.content("other/name:v2"), registry.content("team/app:v1"));
}

TEST_F(PushTest, MountsFromRepositoriesThatAreNamed) {
  for (const auto& [digest, content] : builder.blobs) registry.put("base/image@" + digest, content);
  PushOptions mounting = options();
  mounting.mount_from = {registry.host() + "/base/image"};
  EXPECT_EQ(push(mounting).blobs_mounted, 5U);
}

TEST_F(PushTest, ADryRunAsksAndSendsNothing) {
  PushOptions dry = options();
  dry.dry_run = true;
  const PushResult result = push(dry);
  EXPECT_EQ(result.blobs_sent, 5U);
  EXPECT_EQ(result.tags_sent, 1U);
  EXPECT_THAT(writes(registry.take_log()), IsEmpty());
}

TEST_F(PushTest, SendsNothingWhereABlobIsMissing) {
  PushOptions incomplete = options();
  for (const auto& [digest, content] : builder.blobs) {
    if (digest != sha256(amd64) && digest != sha256(arm64) && digest != sha256(index)) {
      std::filesystem::remove(folder / "layout" / ("blobs/sha256/" + digest.substr(7)));
      break;
    }
  }
  EXPECT_THAT(refusal([&] { return push(incomplete); }),
              AllOf(StartsWith("not_found: "), HasSubstr("expected the blob sha256:")));
  EXPECT_THAT(writes(registry.take_log()), IsEmpty());
}

TEST_F(PushTest, RefusesABlobThatIsNotWhatItsNameSays) {
  PushOptions damaged = options();
  std::string layer;
  for (const auto& [digest, content] : builder.blobs) {
    if (content.starts_with("\x1f\x8b")) layer = digest;
  }
  ASSERT_FALSE(layer.empty());
  std::string wrong = builder.blobs[layer];
  wrong.back() = static_cast<char>(wrong.back() ^ 1);
  write_file(folder / "layout" / ("blobs/sha256/" + layer.substr(7)), wrong);
  EXPECT_THAT(refusal([&] { return push(damaged); }),
              AllOf(StartsWith("corrupt: "), HasSubstr(layer)));
  EXPECT_FALSE(registry.has("team/app:v1"));
  EXPECT_FALSE(registry.has("team/app@" + layer));
}

TEST_F(PushTest, NamesTheLayoutAndABlobOfAnotherSizeOnce) {
  const PushOptions truncated = options();
  std::string layer;
  for (const auto& [digest, content] : builder.blobs) {
    if (content.starts_with("\x1f\x8b")) layer = digest;
  }
  write_file(folder / "layout" / ("blobs/sha256/" + layer.substr(7)), "x");
  EXPECT_THAT(refusal([&] { return push(truncated); }),
              StartsWith("corrupt: " + truncated.source + ": " + layer + ": expected "));
  EXPECT_THAT(writes(registry.take_log()), IsEmpty());
}

TEST_F(PushTest, ForeignLayersGoWhenTheyAreThere) {
  for (const bool there : {true, false}) {
    LayoutBuilder other;
    const std::string manifest = other.image({.layers = {there ? "windows" : "elsewhere"}});
    std::string foreign = manifest;
    const std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
    foreign.replace(foreign.find(type), type.size(),
                    "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    other.top(foreign, oci_manifest_type, there ? "there" : "absent");
    other.blob(foreign);
    const std::size_t at = foreign.rfind("sha256:");
    const std::string layer = foreign.substr(at, sha256("").size());
    if (!there) other.blobs.erase(layer);
    builder = other;
    if (!there) registry.put("foreign/app@" + layer, "as if it knew it for foreign");
    RecordingProgress progress;
    push(options("foreign/app"), progress);
    EXPECT_THAT(progress.warnings(), SizeIs(there ? 0 : 1));
    EXPECT_TRUE(registry.has("foreign/app@" + layer));
    registry.erase("foreign/app@" + layer);
  }
}

TEST_F(PushTest, ALayerThatIsForeignToOneImageOnlyMustBeThere) {
  const std::string ordinary = builder.image({.layers = {"windows"}});
  std::string foreign = ordinary;
  const std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
  foreign.replace(foreign.find(type), type.size(),
                  "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
  builder.blob(foreign);
  for (const auto& document : {foreign, ordinary}) builder.top(document, oci_manifest_type);
  builder.blobs.erase(ordinary.substr(ordinary.rfind("sha256:"), sha256("").size()));
  EXPECT_THAT(refusal([&] { return push(options()); }), HasSubstr("ocimux verify"));
  EXPECT_THAT(writes(registry.take_log()), IsEmpty());
}

TEST_F(PushTest, AsksToMountFromOneOfItsOwnDestinationsOnly) {
  PushOptions many = options("r0");
  for (const char* name : {"/r1", "/r2", "/r3"}) {
    many.destinations.push_back(registry.host() + name);
    registry.refused.insert(std::string("POST ") + (name + 1) + "/blobs/uploads/?mount");
  }
  EXPECT_EQ(push(many).blobs_sent, 20U);
  const std::vector<std::string> log = registry.take_log();
  EXPECT_EQ(std::ranges::count_if(log,
                                  [](const std::string& line) {
                                    return line.starts_with("POST r3/blobs/uploads/?mount");
                                  }),
            5);
}

TEST_F(PushTest, ErrorsNameTheLayoutOnce) {
  builder.top(amd64, oci_manifest_type, "v1", "docker.io/team/app:v1");
  const PushOptions twice = options();
  EXPECT_THAT(refusal([&] { return push(twice); }),
              AllOf(HasSubstr(twice.source + ": "),
                    Not(HasSubstr(": " + twice.source + ": " + twice.source))));
}

TEST_F(PushTest, WhatARegistryRefusesIsToldWithItsName) {
  registry.refused = {"PUT team/app/manifests/v1"};
  EXPECT_THAT(
      refusal([&] { return push(options()); }),
      AllOf(StartsWith("denied: " + registry.host() + "/team/app:v1: "), HasSubstr("go away")));
}

class PushedReferrers : public PushTest {
 protected:
  PushedReferrers() {
    signature =
        builder.image({.layers = {"signature"},
                       .manifest_members = R"(,"artifactType":"application/x-sig","subject":)" +
                                           descriptor(oci_index_type, index)});
    builder.top(signature, oci_manifest_type);
  }
  [[nodiscard]] std::string list_tag() const {
    std::string tag = sha256(index);
    tag[tag.find(':')] = '-';
    return tag;
  }
  std::string signature;
};

TEST_F(PushedReferrers, GoBeforeTheTagOfWhatTheySpeakOf) {
  registry.has_referrers = true;
  push(options());
  const auto log = registry.take_log();
  EXPECT_LT(first(log, "PUT team/app/manifests/" + sha256(signature)),
            first(log, "PUT team/app/manifests/v1"));
  EXPECT_FALSE(registry.has("team/app:" + list_tag())) << "the registry lists them itself";
}

TEST_F(PushedReferrers, AreListedUnderATagWhereTheRegistryHasNoList) {
  push(options());
  const std::string list = registry.content("team/app:" + list_tag());
  EXPECT_THAT(list, HasSubstr(sha256(signature)));
  EXPECT_THAT(list, HasSubstr(R"("artifactType":"application/x-sig")"));
  registry.take_log();
  push(options());
  EXPECT_THAT(writes(registry.take_log()), IsEmpty()) << "it lists them already";
}

TEST_F(PushedReferrers, JoinThoseThatOthersListed) {
  const std::string other = builder.image({.layers = {"somebody else's"}});
  registry.put("team/app@" + sha256(other), other);
  registry.put("team/app:" + list_tag(),
               R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":[)" +
                   descriptor(oci_manifest_type, other, R"(,"x-unknown":1)") + "]}");
  push(options());
  const std::string list = registry.content("team/app:" + list_tag());
  EXPECT_THAT(
      list, AllOf(HasSubstr(sha256(other)), HasSubstr("x-unknown"), HasSubstr(sha256(signature))));
}

// Killed between the two requests, the next push must add what is missing.
TEST_F(PushedReferrers, AreListedByTheNextPushWhereThisOneDidNotComeToIt) {
  registry.refused = {"PUT team/app/manifests/" + list_tag()};
  EXPECT_THAT(refusal([&] { return push(options()); }), StartsWith("denied: "));
  EXPECT_FALSE(registry.has("team/app:v1")) << "tags come last";
  registry.refused.clear();
  push(options());
  EXPECT_THAT(registry.content("team/app:" + list_tag()), HasSubstr(sha256(signature)));
}

TEST_F(PushedReferrers, StayBehindOnRequest) {
  PushOptions alone = options();
  alone.source += ":v1";
  alone.referrers = false;
  push(alone);
  EXPECT_FALSE(registry.has("team/app@" + sha256(signature)));
  alone.referrers = true;
  push(alone);
  EXPECT_TRUE(registry.has("team/app@" + sha256(signature)));
}

TEST_F(PushTest, CredentialsGoToOneRegistryOnly) {
  PushOptions both = options();
  both.destinations.emplace_back("registry.example/app");
  both.registry.credentials = "me:secret";
  EXPECT_THAT(refusal([&] { return push(both); }),
              AllOf(StartsWith("invalid_argument: --creds"), Not(HasSubstr("secret"))));
}

TEST_F(PushTest, ReadsAnArchiveInPlace) {
  PushOptions archive = options();
  archive.source = builder.write_archive(folder / "image.tar");
  push(archive);
  EXPECT_EQ(registry.content("team/app:v1"), index);
}

TEST_F(PushTest, RefusesWhatIsNoLayout) {
  PushOptions wrong = options();
  write_file(folder / "text", "hello");
  for (const char* name : {"text", ""}) {
    wrong.source = (folder / name).string();
    EXPECT_THAT(refusal([&] { return push(wrong); }),
                AllOf(StartsWith("unsupported: "), HasSubstr("ocimux merge")));
  }
}

}  // namespace
}  // namespace ocimux::test
