#include <ocimux/spec/documents.hpp>
#include <ocimux/spec/media_types.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string some_digest = "sha256:" + std::string(64, 'a');
const std::string some_descriptor =
    R"({"mediaType":"application/vnd.oci.image.config.v1+json","digest":")" + some_digest +
    R"(","size":1})";

std::string manifest_refusal(const std::string& text,
                             std::string_view type = media_type::oci_manifest) {
  return refusal([&] { return Manifest::parse(text, type); });
}

std::string index_refusal(const std::string& text, std::string_view type = media_type::oci_index) {
  return refusal([&] { return Index::parse(text, type); });
}

// A manifest whose config is the descriptor @p config.
std::string with_config(const std::string& config) {
  return R"({"schemaVersion":2,"config":)" + config + R"(,"layers":[]})";
}

// An index with one descriptor of @p digest, @p size and further members, as JSON.
std::string with_child(const std::string& digest, const std::string& size,
                       const std::string& more = "") {
  return R"({"schemaVersion":2,"manifests":[{"mediaType":"m","digest":)" + digest + R"(,"size":)" +
         size + more + "}]}";
}

// CVE-2021-41190: one digest, two meanings.
TEST(Documents, RefuseWhatIsManifestAndIndexAtOnce) {
  const std::string expected =
      "corrupt: expected a manifest or an index, found a document that can be read as both";
  const std::string all =
      R"({"schemaVersion":2,"config":)" + some_descriptor + R"(,"layers":[],"manifests":[]})";
  EXPECT_EQ(manifest_refusal(all), expected);
  EXPECT_EQ(index_refusal(all), expected);
  EXPECT_EQ(index_refusal(R"({"schemaVersion":2,"manifests":[],"layers":[]})"), expected);
  EXPECT_EQ(index_refusal(R"({"schemaVersion":2,"manifests":[],"config":{}})"), expected);
  EXPECT_NE(manifest_refusal(R"({"schemaVersion":2,"layers":[],"manifests":[]})"), "");
}

// Go's readers take a member in any case, and the last of them.
TEST(Documents, RefuseMembersThatOtherReadersTakeForTheirs) {
  const std::string manifest = R"({"schemaVersion":2,"config":)" + some_descriptor;
  EXPECT_THAT(manifest_refusal(manifest + R"(,"layers":[],"Manifests":[]})"),
              AllOf(StartsWith("corrupt: "), HasSubstr("'Manifests'")));
  EXPECT_THAT(manifest_refusal(manifest + R"(,"layers":[],"LAYERS":[]})"),
              AllOf(StartsWith("corrupt: "), HasSubstr("'LAYERS'")));
  EXPECT_THAT(index_refusal(R"({"schemaVersion":2,"manifests":[],"mediatype":"x"})"),
              HasSubstr("'mediatype'"));
  EXPECT_THAT(index_refusal(with_child("\"" + some_digest + "\"", "1", R"(,"Digest":"x")")),
              AllOf(HasSubstr("manifests[0]: "), HasSubstr("'Digest'")));
}

TEST(Documents, RefuseOtherSpellingsOfPlatforms) {
  const auto platform = [](const std::string& members) {
    return index_refusal(
        with_child("\"" + some_digest + "\"", "1", R"(,"platform":{)" + members + "}"));
  };
  EXPECT_EQ(platform(R"("os":"linux","architecture":"amd64")"), "");
  EXPECT_THAT(platform(R"("os":"linux","architecture":"amd64","Architecture":"arm64")"),
              AllOf(HasSubstr("platform: "), HasSubstr("'Architecture'")));
  EXPECT_THAT(platform(R"("os":"linux","architecture":"amd64","OS":"windows")"), HasSubstr("'OS'"));
  EXPECT_THAT(platform(R"("o\u017f":"linux","architecture":"amd64")"), HasSubstr("'os'"));
  const auto config = [](const std::string& text) {
    return refusal([&] { return ImageConfig::parse(text); });
  };
  EXPECT_EQ(config(R"({"os":"linux","history":[],"rootfs":{"diff_ids":[]}})"), "");
  EXPECT_THAT(config(R"({"os":"linux","Os":"windows"})"), HasSubstr("'Os'"));
  EXPECT_THAT(config(R"({"os":"linux","RootFS":{}})"), HasSubstr("'RootFS'"));
  EXPECT_THAT(config(R"({"rootfs":{"Diff_IDs":[]}})"), HasSubstr("'Diff_IDs'"));
}

// Go folds two characters outside of ASCII into letters.
TEST(Documents, RefuseSpellingsThatOnlyGoTakesForTheSame) {
  EXPECT_THAT(index_refusal(R"({"schemaVersion":2,"manifests":[],"manife\u017fts":[]})"),
              HasSubstr("only some readers"));
  EXPECT_THAT(manifest_refusal(with_config(some_descriptor).insert(1, R"("\u017fubject":{},)")),
              HasSubstr("only some readers"));
}

TEST(Documents, RefuseOtherSchemaVersions) {
  for (const char* version : {"1", "0", "3", "-2"}) {
    const std::string head = R"({"schemaVersion":)" + std::string(version);
    EXPECT_EQ(manifest_refusal(head + R"(,"config":)" + some_descriptor + "}"),
              "unsupported: expected schemaVersion 2, found " + std::string(version));
    EXPECT_EQ(index_refusal(head + R"(,"manifests":[]})"),
              "unsupported: expected schemaVersion 2, found " + std::string(version));
  }
  EXPECT_EQ(index_refusal(R"({"schemaVersion":"2","manifests":[]})"),
            "corrupt: schemaVersion: expected an integer, found a string");
  EXPECT_EQ(index_refusal(R"({"schemaVersion":2.0,"manifests":[]})"),
            "corrupt: schemaVersion: expected an integer, found a fractional number");
}

TEST(Documents, RefuseAnotherTypeThanTheDescriptorSays) {
  const std::string list = R"({"mediaType":"application/vnd.docker.distribution.manifest.list.v2)"
                           R"(+json","manifests":[]})";
  EXPECT_EQ(index_refusal(list),
            "corrupt: expected a document of type application/vnd.oci.image.index.v1+json, as its "
            "descriptor says, found one of type "
            "application/vnd.docker.distribution.manifest.list.v2+json");
  EXPECT_EQ(index_refusal(list, media_type::docker_list), "");
  EXPECT_EQ(index_refusal(list, ""), "");
  EXPECT_EQ(index_refusal(R"({"mediaType":5,"manifests":[]})"),
            "corrupt: mediaType: expected a string, found an integer");
}

TEST(Documents, RefuseOneKindForTheOther) {
  EXPECT_EQ(manifest_refusal(R"({"schemaVersion":2,"manifests":[]})"),
            "corrupt: expected an image manifest, found a document without a config");
  EXPECT_EQ(index_refusal(with_config(some_descriptor)),
            "corrupt: expected an image index, found a document without manifests");
  EXPECT_EQ(index_refusal("{}"),
            "corrupt: expected an image index, found a document without manifests");
  EXPECT_EQ(manifest_refusal(R"({"config":null})"),
            "corrupt: expected an image manifest, found a document without a config");
}

TEST(Documents, RefuseWhatIsNoObject) {
  for (const char* text : {"[]", "1", "\"x\"", "null", "true"}) {
    EXPECT_THAT(manifest_refusal(text), HasSubstr("corrupt: expected an object, found ")) << text;
    EXPECT_THAT(index_refusal(text), HasSubstr("corrupt: expected an object, found ")) << text;
    EXPECT_THAT(refusal([&] { return ImageConfig::parse(text); }),
                HasSubstr("corrupt: expected an object, found "))
        << text;
  }
  EXPECT_THAT(index_refusal("not json"), HasSubstr("corrupt: expected a JSON document"));
}

TEST(Documents, RefuseWrongKindsOfMembers) {
  EXPECT_EQ(index_refusal(R"({"manifests":{}})"),
            "corrupt: manifests: expected an array, found an object");
  EXPECT_THAT(index_refusal(R"({"manifests":[1]})"), HasSubstr("corrupt: manifests[0]: "));
  EXPECT_EQ(index_refusal(R"({"manifests":[],"annotations":[]})"),
            "corrupt: annotations: expected an object, found an array");
  EXPECT_EQ(index_refusal(R"({"manifests":[],"annotations":{"a":1}})"),
            "corrupt: annotations: a: expected a string, found an integer");
  EXPECT_THAT(manifest_refusal(with_config("[]")), HasSubstr("corrupt: config: "));
  EXPECT_EQ(manifest_refusal(R"({"config":)" + some_descriptor + R"(,"layers":7})"),
            "corrupt: layers: expected an array, found an integer");
  EXPECT_THAT(manifest_refusal(R"({"config":)" + some_descriptor + R"(,"layers":[],"subject":1})"),
              HasSubstr("corrupt: subject: "));
}

TEST(Descriptor, RefusesSizesThatAreNone) {
  const std::string digest = "\"" + some_digest + "\"";
  EXPECT_EQ(index_refusal(with_child(digest, "-1")),
            "corrupt: manifests[0]: size: expected a number of bytes, found -1");
  EXPECT_EQ(index_refusal(with_child(digest, "1.5")),
            "corrupt: manifests[0]: size: expected an integer, found a fractional number");
  EXPECT_EQ(index_refusal(with_child(digest, "1e2")),
            "corrupt: manifests[0]: size: expected an integer, found a fractional number");
  EXPECT_EQ(index_refusal(with_child(digest, "9223372036854775808")),
            "corrupt: manifests[0]: size: expected an integer, found an integer above "
            "9223372036854775807");
  EXPECT_EQ(index_refusal(with_child(digest, "\"1\"")),
            "corrupt: manifests[0]: size: expected an integer, found a string");
  EXPECT_EQ(index_refusal(with_child(digest, "null")),
            "corrupt: manifests[0]: expected a member 'size', found none");
  EXPECT_EQ(index_refusal(with_child(digest, "0")), "");
}

TEST(Descriptor, RefusesDigestsThatAreNone) {
  const std::string hex(64, 'a');
  for (const std::string& digest :
       {std::string(), hex, std::string("sha256:"), "sha256:" + hex + "a",
        "sha256:" + std::string(64, 'A'), "sha256:" + std::string(63, 'a') + "g",
        "sha256:../../" + std::string(58, 'a'), "md5:" + std::string(32, 'a'), "sha512:" + hex,
        "SHA256:" + hex, "sha256:" + hex + "\\n"}) {
    EXPECT_THAT(index_refusal(with_child("\"" + digest + "\"", "1")),
                StartsWith("corrupt: manifests[0]: "))
        << digest;
  }
  EXPECT_THAT(index_refusal(with_child("7", "1")),
              HasSubstr("digest: expected a string, found an integer"));
  EXPECT_THAT(index_refusal(R"({"manifests":[{"mediaType":"m","size":1}]})"),
              HasSubstr("expected a member 'digest', found none"));
}

TEST(Descriptor, RefusesPlatformsOfTheWrongKind) {
  const std::string digest = "\"" + some_digest + "\"";
  EXPECT_EQ(index_refusal(with_child(digest, "1", R"(,"platform":{"os":1})")),
            "corrupt: manifests[0]: platform: os: expected a string, found an integer");
  EXPECT_EQ(index_refusal(with_child(digest, "1", R"(,"platform":{"os.features":["a",1]})")),
            "corrupt: manifests[0]: platform: os.features: expected a string, found an integer");
  EXPECT_THAT(index_refusal(with_child(digest, "1", R"(,"platform":"linux")")),
              HasSubstr("platform: expected an object, found a string"));
}

TEST(ImageConfig, RefusesWhatIsMalformed) {
  const auto config = [](const char* text) {
    return refusal([&] { return ImageConfig::parse(text); });
  };
  EXPECT_EQ(config(R"({"os":["linux"]})"), "corrupt: os: expected a string, found an array");
  EXPECT_EQ(config(R"({"created":1})"), "corrupt: created: expected a string, found an integer");
  EXPECT_THAT(config(R"({"rootfs":[]})"), HasSubstr("expected an object, found an array"));
  EXPECT_EQ(config(R"({"rootfs":{"diff_ids":"x"}})"),
            "corrupt: rootfs: diff_ids: expected an array, found a string");
  EXPECT_THAT(config(R"({"rootfs":{"diff_ids":["sha256:abc"]}})"),
              StartsWith("corrupt: rootfs: diff_ids: "));
  EXPECT_THAT(config(R"({"os":"linux","os":"windows"})"), HasSubstr("the key 'os' twice"));
}

TEST(Descriptor, WrongSizeNamesDigestAndBothSizes) {
  EXPECT_EQ(refusal([] { throw_wrong_size(Digest::parse(some_digest), 7, 8); }),
            "corrupt: " + some_digest + ": expected 7 bytes, found 8");
}

}  // namespace
}  // namespace ocimux
