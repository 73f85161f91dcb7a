#include "cli/running.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// An attested image under a tag.
std::string attested(const Workspace& work, std::string* image = nullptr) {
  LayoutBuilder builder;
  const std::string manifest = builder.image({.platform = {"linux", "arm64"}});
  const std::string attestation = LayoutBuilder::image_descriptor(
      builder.attestation(manifest), {"unknown", "unknown"},
      R"(,"annotations":{"vnd.docker.reference.type":"attestation-manifest",)"
      R"("vnd.docker.reference.digest":")" +
          sha256(manifest) + R"("})");
  builder.top(
      builder.index({LayoutBuilder::image_descriptor(manifest, {"linux", "arm64"}), attestation}),
      oci_index_type, "main", "x/y:main");
  if (image != nullptr) *image = manifest;
  return work.archive("in.tar", builder);
}

TEST(InspectCommand, TableForPeople) {
  const Workspace work;
  std::string manifest;
  const std::string path = attested(work, &manifest);
  const Ran ran = run_cli({"inspect", path});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, IsEmpty());
  for (const std::string& text :
       {path + " (oci-archive)\n", std::string("main  x/y:main\n"),
        "linux/arm64                 " + sha256(manifest),
        std::string("attestation of linux/arm64"), std::string("PLATFORM"),
        std::string("shared between images\n")}) {
    EXPECT_THAT(ran.out, HasSubstr(text));
  }
}

TEST(InspectCommand, JsonHasStableKeys) {
  const Workspace work;
  const Ran ran = run_cli({"inspect", attested(work), "--json"});
  const Document json = Document::parse(ran.out);
  const auto keys = [](const Document& object) {
    std::vector<std::string> names;
    for (const auto& [name, value] : object.items()) names.push_back(name);
    return names;
  };
  EXPECT_THAT(keys(json), ElementsAre("path", "kind", "references", "bytes"));
  EXPECT_THAT(keys(json["bytes"]), ElementsAre("total", "unique", "shared"));
  const Document& reference = json["references"][0];
  EXPECT_THAT(keys(reference), ElementsAre("tag", "name", "digest", "mediaType", "size", "images"));
  EXPECT_THAT(keys(reference["images"][0]), ElementsAre("platform", "digest", "mediaType", "size",
                                                        "totalSize", "config", "layers"));
  EXPECT_EQ(reference["images"][1]["attestation"], true);
  EXPECT_EQ(reference["images"][1]["attests"], reference["images"][0]["digest"]);
}

TEST(InspectCommand, RawAndConfigAreTheBytesAlone) {
  const Workspace work;
  std::string manifest;
  const std::string path = attested(work, &manifest);
  EXPECT_EQ(run_cli({"inspect", path, "--raw", "-p", "linux/arm64"}).out, manifest);
  const Ran config = run_cli({"inspect", path + ":main", "--config"});
  EXPECT_EQ(Document::parse(manifest)["config"]["digest"], sha256(config.out));
  EXPECT_EQ(run_cli({"inspect", path, "--raw", "-p", "linux/arm64,linux/amd64"}).code, 2);
  EXPECT_EQ(run_cli({"inspect", path, "--raw", "--json"}).code, 2);
}

TEST(InspectCommand, WhatIsNotThereIsFour) {
  const Workspace work;
  const std::string path = attested(work);
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"inspect", path + ":other"},
                                             {"inspect", path, "-p", "linux/s390x"},
                                             {"inspect", path + "@" + sha256("x")},
                                             {"inspect", work.path("missing")}}) {
    const Ran ran = run_cli(arguments);
    EXPECT_EQ(ran.code, 4) << ran.err;
    EXPECT_THAT(ran.out, IsEmpty());
  }
}

// A tag may hold anything JSON can; it must not clear the screen of who looks at it.
TEST(InspectCommand, NamesDoNotRewriteTheTerminal) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({}, R"(a\u001b[2Jb\u0007c\u009bd)");
  const Ran ran = run_cli({"inspect", work.archive("in.tar", builder)});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("a?[2Jb?c?d\n"));
}

}  // namespace
}  // namespace ocimux::test
