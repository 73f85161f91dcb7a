#include "jobs/verify_kinds.hpp"
#include "support/executables.hpp"
#include "support/merging.hpp"

#include <ocimux/jobs/verify.hpp>

#include <gmock/gmock.h>

#include <algorithm>

// Members of documents that are of another kind than the specification says: programs in Go refuse
// such a document as a whole, whatever else is in it.

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> found_in(const LayoutBuilder& builder) {
  const Workspace work;
  std::vector<std::string> found;
  const Verification verification = verify({{{work.layout("lay", builder)}}});
  for (const Finding& finding : verification.inputs[0].findings) {
    found.push_back(finding.code + " " + finding.place + ": " + finding.expected + ", not " +
                    finding.found);
  }
  return found;
}

std::string image_in(LayoutBuilder& builder, const std::string& config_members = "") {
  return builder.image({.layers = {TarBuilder().file("bin/app", elf_program("amd64")).bytes()},
                        .config_members = config_members});
}

std::vector<std::string> found_in_config(const std::string& members) {
  LayoutBuilder builder;
  builder.top(image_in(builder, members), oci_manifest_type, "main");
  return found_in(builder);
}

/// What is found in an image with @p settings in its config.
std::vector<std::string> found_in_settings(const std::string& settings) {
  constexpr const char* type = "application/vnd.oci.image.config.v1+json";
  const std::string usual = R"({"Env":["A=b"]})";
  LayoutBuilder builder;
  std::string manifest = image_in(builder);
  builder.blobs.erase(sha256(manifest));
  const auto config =
      std::find_if(builder.blobs.begin(), builder.blobs.end(),
                   [&](const auto& blob) { return blob.second.find(usual) != std::string::npos; });
  const std::string before = config->second;
  builder.blobs.erase(config);
  std::string after = before;
  after.replace(after.find(usual), usual.size(), settings);
  builder.blob(after);
  const std::string listed = descriptor(type, before);
  manifest.replace(manifest.find(listed), listed.size(), descriptor(type, after));
  builder.blob(manifest);
  builder.top(manifest, oci_manifest_type, "main");
  return found_in(builder);
}

TEST(VerifyKinds, SettingsOfTheConfigAreOfTheirKinds) {
  for (const std::string settings :
       {R"("User":0)", R"("WorkingDir":{})", R"("StopSignal":9)", R"("Env":"A=1")", R"("Env":[1])",
        R"("Entrypoint":"/app")", R"("Cmd":"sh")", R"("OnBuild":{})", R"("Shell":"sh")",
        R"("Labels":[])", R"("Labels":{"a":1})", R"("ExposedPorts":["80/tcp"])",
        R"("Volumes":{"/v":true})", R"("ArgsEscaped":"yes")"}) {
    const std::string name = settings.substr(1, settings.find('"', 1) - 1);
    EXPECT_THAT(found_in_settings("{" + settings + "}"),
                ElementsAre(HasSubstr("document-shape main > config > config: " + name)))
        << settings;
  }
  EXPECT_THAT(found_in_settings("[]"),
              ElementsAre("document-shape main > config > config: an object, not an array"));
  EXPECT_THAT(found_in_config(R"(,"author":3)"),
              ElementsAre("document-shape main > config > author: a string, not an integer"));
}

TEST(VerifyKinds, WhatIsNullOrEmptyIsOfAnyKind) {
  EXPECT_THAT(found_in_config(R"(,"author":null,"created":null,"history":null)"), IsEmpty());
  EXPECT_THAT(found_in_settings(R"({"Env":null,"Labels":null,"Volumes":{},"User":"",)"
                                R"("ExposedPorts":{"80":{}},"ArgsEscaped":true})"),
              IsEmpty());
  EXPECT_THAT(found_in_settings("null"), IsEmpty());
}

TEST(VerifyKinds, TimesAreTimes) {
  const std::string time = "a time as in RFC 3339 (2026-11-20T21:00:00Z), not '";
  EXPECT_THAT(found_in_config(R"(,"created":"yesterday")"),
              ElementsAre("document-shape main > config > created: " + time + "yesterday'"));
  EXPECT_THAT(found_in_config(R"(,"history":[{"created":"","empty_layer":true},{}])"),
              ElementsAre("document-shape main > config > history[0]: created: " + time + "'"));
  EXPECT_THAT(found_in_config(R"(,"history":[{"created_by":3}])"),
              ElementsAre(HasSubstr("history[0]: created_by: a string, not an integer")));
}

TEST(VerifyKinds, MembersOfDescriptorsAreOfTheirKinds) {
  const auto found_with = [](const std::string& members) {
    LayoutBuilder builder;
    builder.top_descriptor(descriptor(oci_manifest_type, image_in(builder), members));
    return found_in(builder);
  };
  EXPECT_THAT(found_with(R"(,"urls":["https://a/"],"artifactType":"application/x")"), IsEmpty());
  EXPECT_THAT(found_with(R"(,"urls":"https://a/")"),
              ElementsAre("descriptor-invalid index.json > manifests[0]: urls: an array, not a "
                          "string"));
  EXPECT_THAT(found_with(R"(,"artifactType":3)"),
              ElementsAre(HasSubstr("artifactType: a string, not an integer")));
}

TEST(VerifyKinds, EmbeddedBytesAreThoseOfTheBlobThatIsThere) {
  for (const char* data : {R"("AAAA")", R"("!!")", "3"}) {
    LayoutBuilder builder;
    builder.top_descriptor(
        descriptor(oci_manifest_type, image_in(builder), std::string(R"(,"data":)") + data));
    EXPECT_THAT(found_in(builder), ElementsAre(HasSubstr("descriptor-data "))) << data;
  }
  LayoutBuilder builder;
  const std::string image = image_in(builder);
  builder.top_descriptor(descriptor(oci_manifest_type, image));
  builder.top_descriptor(descriptor(oci_manifest_type, image, R"(,"data":"AAAA")"));
  EXPECT_THAT(found_in(builder), ElementsAre(HasSubstr("descriptor-data ")))
      << "also where it is listed again";
}

}  // namespace
}  // namespace ocimux::test
