// annotate: what docker manifest annotate does, and annotations of every scope.

#include "support/editing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace ocimux::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

AnnotateOptions of(const std::string& reference, const std::vector<std::string>& selectors = {}) {
  AnnotateOptions options;
  options.edit.reference = reference;
  options.selectors = selectors;
  return options;
}

AnnotationEdit set(const std::string& key, const std::optional<std::string>& value,
                   std::optional<AnnotationScope> scope = {}) {
  return {scope, {}, key, value};
}

MergeOptions two_roots(const Workspace& work, const std::string& output) {
  MergeOptions options = work.options(
      {work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-arm64.tar", "b")});
  options.tags = {"main"};
  options.output = work.path(output);
  return options;
}

TEST(Annotate, MakesWhatMergeWouldHaveMade) {
  const Workspace work;
  MergeOptions options = two_roots(work, "plain");
  merge(options);
  options.output = work.path("annotated");
  options.annotations = {{AnnotationScope::index, {}, "b", "1"},
                         {AnnotationScope::index, {}, "a", "2"},
                         {AnnotationScope::descriptor, selector("linux/arm64"), "d", "3"},
                         {AnnotationScope::manifest, selector("linux/amd64"), "m", "4"}};
  merge(options);
  const std::string layout = work.path("plain");
  AnnotateOptions index = of(layout + ":main");
  index.annotations = {set("b", "1")};
  annotate(index);
  index.annotations = {set("a", "2")};
  annotate(index);
  AnnotateOptions descriptor = of(layout + ":main", {"linux/arm64"});
  descriptor.annotations = {set("d", "3")};
  annotate(descriptor);
  AnnotateOptions manifest = of(layout + ":main", {"linux/amd64"});
  manifest.annotations = {set("m", "4", AnnotationScope::manifest)};
  const EditResult result = annotate(manifest);
  EXPECT_EQ(index_json(layout), index_json(work.path("annotated")));
  ReadLayout(layout).check();
  ASSERT_THAT(result.replaced, SizeIs(1));
  EXPECT_EQ(result.replaced[0].what, "linux/amd64");
  EXPECT_EQ(result.names.at(0).after->string(),
            ReadLayout(layout).index_json()["manifests"][0]["digest"]);
}

TEST(Annotate, SaysWhyAVariantThatIsMeantAnywayChangesNothing) {
  const Workspace work;
  merge(two_roots(work, "l"));
  AnnotateOptions options = of(work.path("l") + ":main", {"linux/arm64"});
  options.platform.variant = "v8";
  RecordingProgress progress;
  const auto before = work.tree();
  annotate(options, progress);
  EXPECT_EQ(work.tree(), before);
  EXPECT_THAT(progress.notes(),
              testing::ElementsAre("linux/arm64 means linux/arm64/v8 already: v8 is not written"));
  options.platform.variant = "v9";
  annotate(options, progress);
  options.platform.variant = "";
  annotate(options, progress);
  EXPECT_THAT(progress.notes(), SizeIs(1)) << "what is not dropped is not told";
}

TEST(Annotate, RemovesAgainAndTheBytesAreAsBefore) {
  const Workspace work;
  merge(two_roots(work, "l"));
  const std::string layout = work.path("l");
  const std::string before = index_json(layout);
  AnnotateOptions options = of(layout + ":main");
  options.annotations = {set("i", "1"), set("d", "1", AnnotationScope::descriptor),
                         set("m", "1", AnnotationScope::manifest)};
  const EditResult there = annotate(options);
  EXPECT_NE(index_json(layout), before);
  for (AnnotationEdit& annotation : options.annotations) annotation.value.reset();
  const EditResult back = annotate(options);
  EXPECT_EQ(index_json(layout), before);
  EXPECT_EQ(back.names[0].after, there.names[0].before);
  const EditResult again = annotate(options);
  EXPECT_EQ(again.names[0].before, again.names[0].after) << "nothing to remove is no change";
}

TEST(Annotate, ChangesThePlatformAsDockerManifestAnnotateDoes) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string old = builder.image({.platform = {"windows", "amd64"}, .layers = {"w"}});
  const std::string arm = builder.image({.platform = {"linux", "arm", "v7"}, .layers = {"a"}});
  builder.top(builder.index(
                  {LayoutBuilder::image_descriptor(old, {"windows", "amd64"}),
                   LayoutBuilder::image_descriptor(arm, {"linux", "arm", "v7"}, R"(,"x.more":1)")}),
              oci_index_type, "main");
  const std::string layout = work.layout("l", builder);
  AnnotateOptions options = of(layout + ":main", {"windows"});
  options.platform.os_version = "10.0.20348.1607";
  options.platform.os_features = {"win32k"};
  annotate(options);
  const Document index = ReadLayout(layout).index();
  EXPECT_EQ(index["manifests"][0]["platform"].dump(),
            R"({"architecture":"amd64","os":"windows","os.version":"10.0.20348.1607",)"
            R"("os.features":["win32k"]})");
  EXPECT_EQ(index["manifests"][1]["x.more"], 1) << "the other stays";
  EXPECT_EQ(index["manifests"][1]["platform"]["variant"], "v7");
  options.platform = {};
  options.platform.os_version = "";
  options.platform.os_features.emplace();
  annotate(options);
  EXPECT_EQ(ReadLayout(layout).index()["manifests"][0]["platform"].size(), 2U);
}

TEST(Annotate, RefusesAPlatformThatTheConfigContradicts) {
  const auto [work, two, layout] = TwoInLayout();
  AnnotateOptions options = of(layout + ":main", {"linux/arm64"});
  options.platform.architecture = "s390x";
  const Error error = edit_refusal(work, [&] { annotate(options); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("found linux/s390x (the command line) and linux/arm64 (its "
                                      "config)"));
  options.allow_mismatch = true;
  RecordingProgress progress;
  annotate(options, progress);
  EXPECT_THAT(progress.warnings(), SizeIs(1));
  EXPECT_EQ(ReadLayout(layout).platforms()[1], "linux/s390x") << "positions stay";
}

TEST(Annotate, RefusesDuplicatesThatItWouldMake) {
  const auto [work, two, layout] = TwoInLayout();
  AnnotateOptions options = of(layout + ":main", {"linux/arm64"});
  options.platform.architecture = "x86_64";
  options.allow_mismatch = true;
  const Error error = edit_refusal(work, [&] { annotate(options); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("linux/amd64: expected one image, found two"));
}

TEST(Annotate, RefusesAPlatformWithoutASelectorWhereThereAreSeveral) {
  const auto [work, two, layout] = TwoInLayout();
  AnnotateOptions options = of(layout + ":main");
  options.platform.variant = "v2";
  const Error error = edit_refusal(work, [&] { annotate(options); });
  EXPECT_EQ(error.code(), Errc::invalid_argument);
  EXPECT_THAT(error.what(), HasSubstr("found none and images for linux/amd64, linux/arm64"));
  options.selectors = {"linux/riscv64"};
  const Error none = edit_refusal(work, [&] { annotate(options); });
  EXPECT_EQ(none.code(), Errc::not_found);
  EXPECT_THAT(none.what(), HasSubstr("found linux/amd64, linux/arm64"));
  options.selectors = {"nonsense"};
  EXPECT_EQ(edit_refusal(work, [&] { annotate(options); }).code(), Errc::invalid_argument);
  options.selectors = {"linux/arm64"};
  options.platform = {};
  options.platform.architecture = "toaster";
  EXPECT_EQ(edit_refusal(work, [&] { annotate(options); }).code(), Errc::invalid_argument);
}

TEST(Annotate, DropsAttestationsOfAManifestItRewrites) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string index =
      two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64),
                         LayoutBuilder::image_descriptor(two.arm64_image, two.arm64),
                         listed_attestation(two.builder, two.amd64_image),
                         listed_attestation(two.builder, two.arm64_image)});
  two.builder.top(index, oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  AnnotateOptions options = of(layout + ":main", {"linux/arm64"});
  options.annotations = {set("k", "v")};
  EXPECT_THAT(annotate(options).removed, IsEmpty()) << "of the descriptor: the image stays";
  options.annotations[0].scope = AnnotationScope::manifest;
  RecordingProgress progress;
  const EditResult result = annotate(options, progress);
  ASSERT_THAT(result.removed, SizeIs(1));
  EXPECT_THAT(progress.notes().at(0), HasSubstr("1 attestations were left out"));
  const Document now = Document::parse(listed_text(layout, 1));
  ASSERT_EQ(now["manifests"].size(), 3U);
  EXPECT_EQ(now["manifests"][2]["annotations"]["vnd.docker.reference.digest"],
            sha256(two.amd64_image));
}

TEST(Annotate, ChangesThePlatformOfImagesAlone) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string attestation = listed_attestation(two.builder, two.amd64_image);
  two.builder.top(two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64),
                                     attestation, descriptor(oci_index_type, two.index)}),
                  oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  for (const std::string& digest :
       {Document::parse(attestation)["digest"].get<std::string>(), sha256(two.index)}) {
    AnnotateOptions options = of(layout + ":main", {digest});
    options.platform.variant = "v2";
    EXPECT_EQ(edit_refusal(work, [&] { annotate(options); }).code(), Errc::invalid_argument);
  }
}

TEST(Annotate, LeavesADockerListOne) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string image =
      builder.image({.platform = {"linux", "arm"}, .layers = {"a"}, .docker_types = true});
  builder.top(
      builder.index({LayoutBuilder::image_descriptor(image, {"linux", "arm"}, "", true)}, true),
      docker_list_type, "main");
  const std::string layout = work.layout("l", builder);
  AnnotateOptions options = of(layout + ":main");
  options.platform.variant = "v6";
  annotate(options);
  const Document list = Document::parse(listed_text(layout));
  EXPECT_EQ(list["mediaType"], docker_list_type);
  EXPECT_EQ(list["manifests"][0]["platform"]["variant"], "v6");
  for (const auto scope : {AnnotationScope::index, AnnotationScope::descriptor}) {
    options.platform = {};
    options.annotations = {set("k", "v", scope)};
    const Error error = edit_refusal(work, [&] { annotate(options); });
    EXPECT_EQ(error.code(), Errc::invalid_argument);
    EXPECT_THAT(error.what(), HasSubstr("expected no annotations with Docker's format"));
  }
  options.annotations = {set("k", "v", AnnotationScope::manifest)};
  EXPECT_THAT(edit_refusal(work, [&] { annotate(options); }).what(),
              HasSubstr("expected an OCI manifest to annotate"));
}

TEST(Annotate, ChangesASingleImageInIndexJson) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "arm", "v7"}, "main");
  const std::string layout = work.layout("l", builder);
  AnnotateOptions options = of(layout);
  options.annotations = {set("k", "v", AnnotationScope::manifest)};
  const EditResult result = annotate(options);
  EXPECT_EQ(Document::parse(listed_text(layout))["annotations"]["k"], "v");
  EXPECT_NE(result.names.at(0).before, result.names.at(0).after);
  options.annotations = {set("k", "v")};
  EXPECT_EQ(edit_refusal(work, [&] { annotate(options); }).code(), Errc::invalid_argument);
  options.annotations = {
      set("org.opencontainers.image.ref.name", "x", AnnotationScope::descriptor)};
  EXPECT_EQ(edit_refusal(work, [&] { annotate(options); }).code(), Errc::invalid_argument);
}

TEST(Annotate, OfManyAtOnceNoneIsLost) {
  constexpr int crews = 8;
  const auto [work, two, layout] = TwoInLayout();
  std::latch begun(crews);
  std::vector<std::jthread> crew;
  for (int i = 0; i < crews; ++i) {
    crew.emplace_back([&, i] {
      AnnotateOptions options = of(layout + ":main");
      options.annotations = {set("k" + std::to_string(i), "v")};
      begun.arrive_and_wait();
      annotate(options);
    });
  }
  crew.clear();
  EXPECT_THAT(ReadLayout(layout).index()["annotations"], SizeIs(crews));
  ReadLayout(layout).check();
}

TEST(Annotate, SaysWhatStillRefersToTheOldOne) {
  const Workspace work;
  TwoPlatforms two("main");
  two.builder.top(artifact(two.builder, two.index, "application/spdx", oci_index_type),
                  oci_manifest_type);
  const std::string layout = work.layout("l", two.builder);
  AnnotateOptions options = of(layout);  // what refers to the one image there is, is no other
  options.annotations = {set("k", "v")};
  RecordingProgress progress;
  annotate(options, progress);
  ASSERT_THAT(progress.notes(), SizeIs(1));
  EXPECT_THAT(progress.notes()[0], HasSubstr("still refers to that"));
}

}  // namespace
}  // namespace ocimux::test
