// add and rm: images into an index that is there, and out of it.

#include <ocimux/jobs/inspect.hpp>

#include "support/editing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <thread>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

AddOptions adding(const std::string& reference, const std::vector<std::string>& inputs) {
  AddOptions options;
  options.edit.reference = reference;
  for (const std::string& input : inputs) options.images.inputs.push_back({input});
  return options;
}

std::string merged(const Workspace& work, const std::string& output,
                   const std::vector<std::string>& inputs) {
  MergeOptions options = work.options(inputs);
  options.output = work.path(output);
  options.tags = {"main"};
  merge(options);
  return options.output;
}

TEST(Add, MakesTheIndexThatMergeOfAllWouldHaveMade) {
  const Workspace work;
  const std::vector<std::string> inputs{
      work.rootfs("app-linux-amd64.tar", "a"), work.rootfs("app-linux-s390x.tar", "s"),
      work.rootfs("app-linux-arm-v6.tar", "6"), work.rootfs("app-windows-ltsc2019-amd64.tar", "w")};
  LayoutBuilder attested;
  const std::string image = attested.image({.platform = {"linux", "arm64"}, .layers = {"x"}});
  attested.top(attested.index({listed_attestation(attested, image),
                               LayoutBuilder::image_descriptor(image, {"linux", "arm64"})}),
               oci_index_type);
  const std::string archive = work.archive("attested.tar", attested);
  for (const std::string place : {"out", "out.tar"}) {
    const std::string all =
        merged(work, "all-" + place, {inputs[0], inputs[1], inputs[2], inputs[3], archive});
    const std::string some = merged(work, place, {inputs[0], inputs[3]});
    const AddResult result = add(adding(some + ":main", {inputs[1], archive}));
    EXPECT_THAT(result.images, SizeIs(3));
    EXPECT_THAT(result.edit.added, SizeIs(3));
    add(adding(some, {inputs[2]}));
    EXPECT_EQ(inspect_raw(some), inspect_raw(all));
  }
  ReadLayout(work.path("out")).check();
}

TEST(Add, LeavesWhatIsThereByteForByte) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string foreign =
      LayoutBuilder::image_descriptor(two.arm64_image, two.arm64, R"(,"x.more":{"y":[1.5,null]})");
  two.builder.top(
      two.builder.index({foreign}, false, R"(,"x.new":"é","annotations":{"b":"1","a":"2"})"),
      oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  AddOptions options = adding(layout + ":main", {layout + "@" + sha256(two.amd64_image)});
  add(options);
  const std::string text = listed_text(layout, 1);
  EXPECT_THAT(text, HasSubstr("," + foreign + "]"));
  EXPECT_THAT(text, HasSubstr(R"("x.new":"é","annotations":{"b":"1","a":"2"})"));
  EXPECT_EQ(Document::parse(text)["manifests"][0]["digest"], sha256(two.amd64_image));
}

TEST(Add, RefusesADuplicateUnlessItReplacesIt) {
  const Workspace work;
  TwoPlatforms two("old");
  two.builder.top(two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64),
                                     LayoutBuilder::image_descriptor(two.arm64_image, two.arm64),
                                     listed_attestation(two.builder, two.amd64_image)}),
                  oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  AddOptions options = adding(layout + ":main", {work.rootfs("new-linux-amd64.tar")});
  const Error error = edit_refusal(work, [&] { add(options); });
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("linux/amd64: expected no image in the index yet"));
  options.replace = true;
  const AddResult result = add(options);
  EXPECT_THAT(result.edit.added, SizeIs(1));
  EXPECT_THAT(result.edit.removed, SizeIs(2)) << "the attestation speaks of what has gone";
  const Document index = Document::parse(listed_text(layout, 1));
  ASSERT_EQ(index["manifests"].size(), 2U);
  EXPECT_NE(index["manifests"][0]["digest"], sha256(two.amd64_image));
  EXPECT_EQ(index["manifests"][1]["digest"], sha256(two.arm64_image));
  ReadLayout(layout).check();
}

TEST(Add, LeavesALayoutAsItIsThatHasTheImageAlready) {
  const Workspace work;
  const std::vector<std::string> inputs{work.rootfs("app-linux-amd64.tar", "a"),
                                        work.rootfs("app-linux-arm64.tar", "b")};
  for (const std::string place : {"out", "out.tar"}) {
    const std::string output = merged(work, place, inputs);
    for (const bool replace : {false, true}) {
      AddOptions options = adding(output + ":main", {inputs[1]});
      options.replace = replace;
      const auto before = work.tree();
      const AddResult result = add(options);
      EXPECT_EQ(work.tree(), before);
      EXPECT_EQ(result.edit.names.front().before, result.edit.names.front().after);
      EXPECT_THAT(result.edit.added, IsEmpty());
      EXPECT_THAT(result.edit.removed, IsEmpty());
      EXPECT_EQ(result.blobs_written, 0);
      ASSERT_THAT(result.stayed, SizeIs(1));
      EXPECT_EQ(result.stayed.front().platform, Platform::parse("linux/arm64"));
    }
  }
}

TEST(Add, OfSeveralAddsThoseThatAreNew) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string attestation = listed_attestation(two.builder, two.amd64_image);
  const std::string amd64 = LayoutBuilder::image_descriptor(two.amd64_image, two.amd64);
  const std::string arm64 = LayoutBuilder::image_descriptor(two.arm64_image, two.arm64);
  two.builder.top(two.builder.index({amd64, attestation}), oci_index_type, "some");
  two.builder.top(two.builder.index({amd64, arm64, attestation}), oci_index_type, "all");
  const std::string layout = work.layout("l", two.builder);
  AddOptions dry = adding(layout + ":some", {layout + ":all"});
  dry.edit.dry_run = true;
  EXPECT_THAT(add(dry).stayed, SizeIs(2));
  const AddResult result = add(adding(layout + ":some", {layout + ":all"}));
  EXPECT_THAT(result.edit.added, SizeIs(1));
  EXPECT_THAT(result.edit.removed, IsEmpty());
  EXPECT_THAT(result.stayed, SizeIs(2)) << "the image, and what attests it";
  EXPECT_EQ(listed_text(layout, 1), listed_text(layout, 2));
}

TEST(Add, LetsAnImageStayThatIsNotTheOnlyOneOfItsPlatform) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string amd64 = LayoutBuilder::image_descriptor(two.amd64_image, two.amd64);
  const std::string same = LayoutBuilder::image_descriptor(two.arm64_image, two.amd64);
  two.builder.top(two.builder.index({same, amd64}), oci_index_type, "both");
  two.builder.top(two.builder.index({amd64}), oci_index_type, "one");
  const std::string layout = work.layout("l", two.builder);
  const auto before = work.tree();
  AddOptions options = adding(layout + ":both", {layout + ":one"});
  EXPECT_THAT(add(options).stayed, SizeIs(1));
  EXPECT_EQ(work.tree(), before);
  options.replace = true;
  EXPECT_THAT(add(options).edit.removed, SizeIs(1));
}

TEST(Add, WithAnAnnotationThatIsNotThereIsOfAnotherEntry) {
  const Workspace work;
  TwoPlatforms two("old");
  two.builder.top(two.builder.index({LayoutBuilder::image_descriptor(two.amd64_image, two.amd64),
                                     listed_attestation(two.builder, two.amd64_image)}),
                  oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  AddOptions options = adding(layout + ":main", {layout + ":main"});
  options.images.annotations.push_back({AnnotationScope::descriptor, {}, "k", "v"});
  const Error error = edit_refusal(work, [&] { add(options); });
  EXPECT_THAT(error.what(), HasSubstr("the same without k=v"));
  EXPECT_THAT(error.hint(), HasSubstr("ocimux annotate"));
  options.replace = true;
  add(options);
  const Document index = Document::parse(listed_text(layout, 1));
  ASSERT_EQ(index["manifests"].size(), 2U) << "the attestation speaks of what is still there";
  EXPECT_EQ(index["manifests"][0]["annotations"]["k"], "v");
  const auto before = work.tree();
  EXPECT_THAT(add(options).stayed, SizeIs(2));
  EXPECT_EQ(work.tree(), before);
}

TEST(Add, SaysWhatToDoWhereThereIsNoIndex) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "single");
  const std::string layout = work.layout("l", builder);
  const std::string input = work.rootfs("new-linux-arm64.tar");
  const Error none = edit_refusal(work, [&] { add(adding(layout + ":nope", {input})); });
  EXPECT_EQ(none.code(), Errc::not_found);
  EXPECT_THAT(none.hint(), HasSubstr("ocimux merge"));
  const Error single = edit_refusal(work, [&] { add(adding(layout + ":single", {input})); });
  EXPECT_EQ(single.code(), Errc::conflict);
  EXPECT_THAT(single.hint(), HasSubstr("ocimux merge"));
}

TEST(Add, ToADockerListMakesDockersTypes) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar", "a")});
  options.format = ImageFormat::docker;
  options.tags = {"main"};
  merge(options);
  add(adding(options.output, {work.rootfs("app-linux-arm64.tar", "b")}));
  const ReadLayout out(options.output);
  out.check();
  const Document list = out.index();
  EXPECT_EQ(list["mediaType"], docker_list_type);
  ASSERT_EQ(list["manifests"].size(), 2U);
  EXPECT_EQ(list["manifests"][1]["mediaType"], docker_manifest_type);
  AddOptions zstd = adding(options.output, {work.rootfs("app-linux-s390x.tar", "c")});
  zstd.images.compression = "zstd";
  EXPECT_EQ(edit_refusal(work, [&] { add(zstd); }).code(), Errc::invalid_argument);
}

TEST(Add, ADryRunWritesNothing) {
  const Workspace work;
  const std::string layout = merged(work, "l", {work.rootfs("app-linux-amd64.tar", "a")});
  AddOptions options = adding(layout, {work.rootfs("app-linux-arm64.tar", "b")});
  options.edit.dry_run = true;
  const auto before = work.tree();
  EXPECT_THAT(add(options).images, SizeIs(1));
  EXPECT_EQ(work.tree(), before);
}

TEST(Add, OfManyAtOnceNoneIsLost) {
  const std::vector<std::string> architectures{"amd64", "arm64",   "s390x",   "ppc64le",
                                               "386",   "riscv64", "loong64", "mips64le"};
  const Workspace work;
  const std::string layout = merged(work, "l", {work.rootfs("app-linux-arm-v7.tar", "a")});
  std::vector<std::string> inputs;
  for (const std::string& architecture : architectures) {
    inputs.push_back(work.rootfs("app-linux-" + architecture + ".tar", architecture));
  }
  std::latch begun(static_cast<std::ptrdiff_t>(inputs.size()));
  std::vector<std::jthread> crew;
  for (const std::string& input : inputs) {
    crew.emplace_back([&] {
      begun.arrive_and_wait();
      add(adding(layout + ":main", {input}));
    });
  }
  crew.clear();
  inputs.push_back(work.path("app-linux-arm-v7.tar"));
  EXPECT_EQ(inspect_raw(layout), inspect_raw(merged(work, "all", inputs))) << "in merge's order";
}

TEST(Remove, TakesImagesAndTheirAttestationsOut) {
  const Workspace work;
  TwoPlatforms two("old");
  const std::string kept = LayoutBuilder::image_descriptor(two.amd64_image, two.amd64);
  const std::string attestation = listed_attestation(two.builder, two.amd64_image);
  two.builder.top(
      two.builder.index({kept, LayoutBuilder::image_descriptor(two.arm64_image, two.arm64),
                         attestation, listed_attestation(two.builder, two.arm64_image)}),
      oci_index_type, "main");
  const std::string layout = work.layout("l", two.builder);
  RecordingProgress progress;
  const EditResult result = remove({{layout + ":main"}, {"linux/arm64"}}, progress);
  EXPECT_THAT(result.removed, SizeIs(2));
  EXPECT_THAT(progress.notes(), SizeIs(1));
  EXPECT_THAT(listed_text(layout, 1), HasSubstr("[" + kept + "," + attestation + "]"));
  const Error last = edit_refusal(work, [&] { remove({{layout + ":main"}, {"*"}}); });
  EXPECT_EQ(last.code(), Errc::invalid_argument);
  EXPECT_THAT(last.hint(), HasSubstr("ocimux untag"));
  remove({{layout + ":main"}, {sha256(two.builder.attestation(two.amd64_image))}});
  EXPECT_THAT(listed_text(layout, 1), HasSubstr("[" + kept + "]"));
  EXPECT_EQ(edit_refusal(work, [&] { remove({{layout}, {}}); }).code(), Errc::invalid_argument);
  remove({{layout + ":main"}, {}});
  EXPECT_THAT(ReadLayout(layout).index_json()["manifests"], SizeIs(1));
}

TEST(Remove, DoesNotLookIntoAnIndexInTheIndex) {
  const Workspace work;
  TwoPlatforms two("old");
  two.builder.top(two.builder.index({descriptor(oci_index_type, two.index)}), oci_index_type,
                  "nested");
  const std::string layout = work.layout("l", two.builder);
  const Error error = edit_refusal(work, [&] { remove({{layout + ":nested"}, {"linux/arm64"}}); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), HasSubstr("an index in the index, which edits do not look into"));
}

}  // namespace
}  // namespace ocimux::test
