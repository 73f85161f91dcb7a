#include "registry/reference.hpp"

#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string digest = "sha256:" + std::string(64, 'a');

TEST(RegistryReference, HasHostRepositoryTagAndDigest) {
  const Reference reference =
      Reference::parse("docker://Registry.Example.com:5000/team/app:v1.2@" + digest);
  EXPECT_EQ(reference.host, "registry.example.com:5000");
  EXPECT_EQ(reference.repository, "team/app");
  EXPECT_EQ(reference.tag, "v1.2");
  EXPECT_EQ(reference.digest->string(), digest);
  EXPECT_EQ(reference.string(), "registry.example.com:5000/team/app:v1.2@" + digest);
  EXPECT_EQ(reference.version(), digest);
  EXPECT_EQ(reference.address(), "registry.example.com:5000");
}

TEST(RegistryReference, PrefixMayBeLeftOut) {
  EXPECT_EQ(Reference::parse("ghcr.io/a/b:c").string(), "ghcr.io/a/b:c");
  EXPECT_EQ(Reference::parse("localhost/b").version(), "latest");
}

TEST(RegistryReference, KnowsDockerHubByAllItsNames) {
  for (const char* text : {"alpine:3", "docker.io/alpine:3", "index.docker.io/library/alpine:3",
                           "docker://registry-1.docker.io/alpine:3"}) {
    const Reference reference = Reference::parse(text);
    EXPECT_EQ(reference.string(), "docker.io/library/alpine:3") << text;
    EXPECT_EQ(reference.address(), "registry-1.docker.io") << text;
  }
  EXPECT_EQ(Reference::parse("velero/velero").string(), "docker.io/velero/velero");
  EXPECT_EQ(Reference::parse("quay.io/app").repository, "app") << "only Docker Hub has library/";
}

TEST(RegistryReference, TakesAddressesAsHosts) {
  EXPECT_EQ(Reference::parse("127.0.0.1:5000/x").host, "127.0.0.1:5000");
  EXPECT_EQ(Reference::parse("[::1]:5000/x:y").host, "[::1]:5000");
  EXPECT_EQ(Reference::parse("[fd00::1]/x").host, "[fd00::1]");
}

TEST(RegistryReference, TakesTheSeparatorsOfTheSpecification) {
  for (const char* text : {"h.x/a.b", "h.x/a_b", "h.x/a__b", "h.x/a---b/c0"}) {
    EXPECT_EQ(Reference::parse(text).string(), text);
  }
}

TEST(RegistryReference, RefusesOtherNames) {
  const auto refused = [](const std::string& text) {
    return refusal([&] { return Reference::parse(text); });
  };
  for (const char* text :
       {"docker://", "docker:///x", "h.x/", "h.x/A", "h.x/a..b", "h.x/a___b", "h.x/-a", "h.x/a/",
        "h.x/a//b", "h.x/../b", "h.x/a?b", "h.x/a%2f", "h.x/a b", "h.x/.a"}) {
    EXPECT_THAT(refused(text), AllOf(StartsWith("invalid_argument: "), HasSubstr("repository")))
        << text;
  }
  for (const char* text : {"h.x:0/a", "h.x:65536/a", "h.x:/a", "h.x:1:2/a", "-h.x/a", "h..x/a",
                           "u@h.x/a", "[::1/a", "[zz]/a", "h.x:5a/a", "user:pass@h.x/a"}) {
    EXPECT_THAT(refused(text), StartsWith("invalid_argument: ")) << text;
  }
  for (const std::string& text : {std::string("h.x/a:"), std::string("h.x/a:-b"),
                                  std::string("h.x/a:.b"), "h.x/a:" + std::string(129, 'b')}) {
    EXPECT_THAT(refused(text), AllOf(StartsWith("invalid_argument: "), HasSubstr("tag"))) << text;
  }
  EXPECT_THAT(refused("h.x/a@sha256:12"), StartsWith("invalid_argument: h.x/a@sha256:12: "));
  EXPECT_THAT(refused("h.x/" + std::string(256, 'a')), HasSubstr("255"));
  EXPECT_EQ(Reference::parse(std::string(247, 'a')).repository.size(), 255U);
  EXPECT_THAT(refused(std::string(248, 'a')), HasSubstr("found 'library/aaa"));  // it would be 256
}

TEST(RegistryReference, TellsWhetherARegistryIsNamed) {
  for (const char* text :
       {"h.io/a", "localhost/a", "h:5000/a/b:1", "[::1]:5000/a", "docker://docker.io/a"}) {
    EXPECT_TRUE(names_host(text)) << text;
  }
  for (const char* text : {"a/b:1", "a:1", "h.io", "localhost:5000", "docker://a/b", ""}) {
    EXPECT_FALSE(names_host(text)) << text;
  }
}

}  // namespace
}  // namespace ocimux::test
