#include "jobs/push_targets.hpp"

#include "support/cargoes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

PushOptions to(const std::vector<std::string>& destinations) {
  PushOptions options;
  options.destinations = destinations;
  return options;
}

PushOptions below(const std::string& prefix) {
  PushOptions options;
  options.prefix = prefix;
  return options;
}

/// `HOST/REPO:TAG` of all targets, in their order.
std::vector<std::string> tags_of(const std::vector<PushTarget>& targets) {
  std::vector<std::string> tags;
  for (const PushTarget& target : targets) {
    for (const PushTarget::Tag& tag : target.tags) {
      tags.push_back(target.repository.string() + ":" + tag.tag);
    }
  }
  return tags;
}

/// A layout with two images of different repositories.
struct TwoImages {
  LayoutBuilder builder = {};
  std::string a = builder.image({.layers = {"a"}});
  std::string b = builder.image({.layers = {"b"}});

  TwoImages(const std::string& name_a, const std::string& name_b) {
    builder.top(a, oci_manifest_type, name_a).top(b, oci_manifest_type, name_b);
  }
  [[nodiscard]] Cargo cargo() const { return gathered(builder); }
};

TEST(PushTargets, EachDestinationGetsAllUnderBareTags) {
  const TwoImages two("docker.io/velero/velero:main", "v1");
  const auto targets =
      push_targets(two.cargo(), to({"localhost:5000/a/b", "docker://Registry.example.com/c"}));
  EXPECT_THAT(tags_of(targets),
              ElementsAre("localhost:5000/a/b:main", "localhost:5000/a/b:v1",
                          "registry.example.com/c:main", "registry.example.com/c:v1"));
  for (const PushTarget& target : targets) {
    EXPECT_THAT(target.documents, ElementsAre(digest_of(two.a), digest_of(two.b)));
    EXPECT_EQ(target.repository.tag, "");
    EXPECT_EQ(target.tags[0].digest, digest_of(two.a));
  }
}

TEST(PushTargets, ARepositoryThatIsGivenTwiceIsOneTarget) {
  LayoutBuilder builder;
  builder.simple({}, "main");
  const auto targets =
      push_targets(gathered(builder), to({"h.io/r", "H.io/r", "h.io/r:v1", "h.io/r:main"}));
  ASSERT_THAT(targets, SizeIs(1));
  EXPECT_THAT(tags_of(targets), ElementsAre("h.io/r:main", "h.io/r:v1"));
}

TEST(PushTargets, ADestinationNeedsItsRegistryAndHasNoDigest) {
  LayoutBuilder builder;
  builder.simple({}, "main");
  const Cargo cargo = gathered(builder);
  for (const std::string text :
       {"velero/velero", "velero:main", "docker://velero/velero", "", "localhost:5000", "/x"}) {
    EXPECT_THAT(refusal([&] { return push_targets(cargo, to({text})); }),
                AllOf(StartsWith("invalid_argument: "), HasSubstr("docker.io/")))
        << text;
  }
  EXPECT_THAT(refusal([&] { return push_targets(cargo, to({"h.io/r@" + sha256("")})); }),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("digest")));
  EXPECT_THAT(refusal([&] { return push_targets(cargo, to({"h.io/R"})); }),
              StartsWith("invalid_argument: "));
  EXPECT_THAT(tags_of(push_targets(cargo, to({"docker.io/me/x"}))),
              ElementsAre("docker.io/me/x:main"));
}

TEST(PushTargets, TwoImagesUnderOneTagAreRefused) {
  const TwoImages two("h.io/a/x:1", "h.io/b/y:1");
  EXPECT_THAT(refusal([&] { return push_targets(two.cargo(), to({"h.io/r"})); }),
              AllOf(StartsWith("conflict: h.io/r:1"), HasSubstr("h.io/a/x:1 and h.io/b/y:1"),
                    HasSubstr("--prefix")));
  EXPECT_THAT(tags_of(push_targets(two.cargo(), below("r.io"))),
              ElementsAre("r.io/a/x:1", "r.io/b/y:1"));
}

TEST(PushTargets, OneImageMayGetANewTagAndItsPlatformsFollow) {
  TwoPlatforms two("docker.io/velero/velero:main");
  const Cargo cargo = gathered(two.builder, {.platform_tags = true});
  PushOptions options = to({"h.io/r:v2"});
  options.platform_tags = true;
  const auto targets = push_targets(cargo, options);
  EXPECT_THAT(tags_of(targets),
              ElementsAre("h.io/r:v2", "h.io/r:v2-linux-amd64", "h.io/r:v2-linux-arm64"));
  EXPECT_EQ(targets[0].tags[2].digest, digest_of(two.arm64_image));
  EXPECT_THAT(targets[0].documents, SizeIs(3));
}

TEST(PushTargets, SeveralImagesCannotGetOneNewTag) {
  const TwoImages two("a", "b");
  EXPECT_THAT(refusal([&] { return push_targets(two.cargo(), to({"h.io/r:v2"})); }),
              AllOf(StartsWith("invalid_argument: h.io/r:v2"), HasSubstr("found 2"),
                    HasSubstr("PATH:TAG")));
}

TEST(PushTargets, AnImageWithoutANameGoesByItsDigestOrANewTag) {
  TwoPlatforms two("");
  const auto by_digest = push_targets(gathered(two.builder), to({"h.io/r"}));
  ASSERT_THAT(by_digest, SizeIs(1));
  EXPECT_THAT(by_digest[0].tags, IsEmpty());
  EXPECT_THAT(by_digest[0].documents, SizeIs(3));
  PushOptions options = to({"h.io/r"});
  options.platform_tags = true;
  EXPECT_THAT(refusal([&] { return push_targets(gathered(two.builder), options); }),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("h.io/r:TAG")));
  options = to({"h.io/r:v1"});
  options.platform_tags = true;
  EXPECT_THAT(tags_of(push_targets(gathered(two.builder, {.platform_tags = true}), options)),
              ElementsAre("h.io/r:v1", "h.io/r:v1-linux-amd64", "h.io/r:v1-linux-arm64"));
  for (const PushOptions& each : {below("h.io"), PushOptions{}}) {
    EXPECT_THAT(refusal([&] { return push_targets(gathered(two.builder), each); }),
                AllOf(StartsWith("invalid_argument: "), HasSubstr(sha256(two.index))));
  }
}

TEST(PushTargets, APrefixTakesThePlaceOfTheHost) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  for (const std::string name : {"docker.io/velero/velero:main", "docker.io/library/busybox:1",
                                 "ghcr.io/library/x:2", "localhost:5000/a/b/c:3"}) {
    builder.top(image, oci_manifest_type, name);
  }
  EXPECT_THAT(tags_of(push_targets(gathered(builder), below("h.io:443/team"))),
              ElementsAre("h.io:443/team/velero/velero:main", "h.io:443/team/busybox:1",
                          "h.io:443/team/library/x:2", "h.io:443/team/a/b/c:3"));
  EXPECT_THAT(tags_of(push_targets(gathered(builder), below("docker://localhost"))),
              testing::Contains("localhost/velero/velero:main"));
}

TEST(PushTargets, AFullNameWithoutATagGoesUnderTheBareOne) {
  LayoutBuilder builder;
  builder.top(builder.image({}), oci_manifest_type, "v1", "h.io/a/x");
  EXPECT_THAT(tags_of(push_targets(gathered(builder), {})), ElementsAre("h.io/a/x:v1"));
  EXPECT_THAT(tags_of(push_targets(gathered(builder), below("r.io"))), ElementsAre("r.io/a/x:v1"));
}

TEST(PushTargets, APrefixMustBeARegistryAndNeedsFullNames) {
  const TwoImages full("docker.io/a/x:1", "docker.io/b/y:1");
  for (const std::string prefix :
       {"team", "team/x", "h.io/", "h.io/T", "h.io/a:1", "docker://team"}) {
    EXPECT_THAT(refusal([&] { return push_targets(full.cargo(), below(prefix)); }),
                StartsWith("invalid_argument: "))
        << prefix;
  }
  const TwoImages bare("docker.io/a/x:1", "main");
  EXPECT_THAT(refusal([&] { return push_targets(bare.cargo(), below("h.io")); }),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("'main'"),
                    HasSubstr("give a destination")));
  PushOptions both = below("h.io");
  both.destinations = {"h.io/r"};
  EXPECT_THAT(refusal([&] { return push_targets(full.cargo(), both); }),
              StartsWith("invalid_argument: "));
}

TEST(PushTargets, WithoutADestinationFullNamesSayItButNeverDockerHub) {
  const TwoImages elsewhere("h.io/a/x:1", "localhost:5000/y:1");
  EXPECT_THAT(tags_of(push_targets(elsewhere.cargo(), {})),
              ElementsAre("h.io/a/x:1", "localhost:5000/y:1"));
  for (const std::string name : {"docker.io/b/y:1", "index.docker.io/b/y:1", "b/y:1", "main"}) {
    const TwoImages hub("h.io/a/x:1", name);
    EXPECT_THAT(refusal([&] { return push_targets(hub.cargo(), {}); }),
                StartsWith("invalid_argument: "))
        << name;
  }
}

TEST(PushTargets, EachTargetGetsItsOwnDocumentsAndWhatSpeaksOfThem) {
  TwoImages two("h.io/a:1", "h.io/b:1");
  const std::string of_a = artifact(two.builder, two.a);
  const std::string of_that = artifact(two.builder, of_a, "application/vnd.example.signature");
  const std::string signature = cosign_signature(two.builder);
  two.builder.top(of_that, oci_manifest_type).top(of_a, oci_manifest_type);
  two.builder.top(signature, oci_manifest_type, digest_tag(two.b) + ".sig");
  const auto targets = push_targets(two.cargo(), {});
  ASSERT_THAT(targets, SizeIs(2));
  EXPECT_THAT(targets[0].documents,
              ElementsAre(digest_of(two.a), digest_of(of_a), digest_of(of_that)));
  EXPECT_THAT(targets[1].documents, ElementsAre(digest_of(two.b), digest_of(signature)));
  EXPECT_THAT(tags_of(targets),
              ElementsAre("h.io/a:1", "h.io/b:1", "h.io/b:" + digest_tag(two.b) + ".sig"));
}

TEST(PushTargets, CosignsTagsGoToEachRepositoryOfTheirImage) {
  LayoutBuilder builder;
  const std::string image = builder.image({});
  builder.top(image, oci_manifest_type, "h.io/a:1").top(image, oci_manifest_type, "h.io/b:1");
  builder.top(cosign_signature(builder), oci_manifest_type, digest_tag(image) + ".sig");
  const std::string tag = digest_tag(image) + ".sig";
  EXPECT_THAT(tags_of(push_targets(gathered(builder), {})),
              ElementsAre("h.io/a:1", "h.io/a:" + tag, "h.io/b:1", "h.io/b:" + tag));
  EXPECT_THAT(tags_of(push_targets(gathered(builder), to({"h.io/c:v2"}))),
              ElementsAre("h.io/c:v2", "h.io/c:" + tag));
}

TEST(PushTargets, TagsThatNoRegistryTakesAreRefused) {
  for (const std::string& tag :
       std::vector<std::string>{"a#b", "../x", "-x", "h.io/x:a#b", std::string(129, 'x')}) {
    LayoutBuilder builder;
    builder.simple({}, tag);
    EXPECT_THAT(refusal([&] { return push_targets(gathered(builder), to({"h.io/r"})); }),
                StartsWith("invalid_argument: "))
        << tag;
    EXPECT_THAT(refusal([&] { return push_targets(gathered(builder), below("h.io")); }),
                StartsWith("invalid_argument: "))
        << tag;
  }
}

TEST(PushTargets, PlatformTagsGoUnderTheirImagesNames) {
  TwoPlatforms two("h.io/a/x:1");
  const Cargo cargo = gathered(two.builder, {.platform_tags = true});
  PushOptions options = below("r.io");
  options.platform_tags = true;
  EXPECT_THAT(tags_of(push_targets(cargo, options)),
              ElementsAre("r.io/a/x:1", "r.io/a/x:1-linux-amd64", "r.io/a/x:1-linux-arm64"));
}

}  // namespace
}  // namespace ocimux::test
