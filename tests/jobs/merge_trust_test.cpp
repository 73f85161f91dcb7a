#include <ocimux/base/error.hpp>
#include <ocimux/jobs/inspect.hpp>
#include <ocimux/jobs/merge.hpp>

#include "support/files.hpp"
#include "support/image_builder.hpp"

#include <gtest/gtest.h>

namespace ocimux {
namespace {

using test::LayoutBuilder;
using test::TemporaryDirectory;

MergeOptions options(const std::string& input, const std::string& output) {
  MergeOptions options;
  options.inputs = {{input}};
  options.output = output;
  return options;
}

// A manifest.json beside it is no reason to take what the layout's digests do not vouch for.
TEST(MergeTrust, ADamagedLayoutIsNotPassedOverForItsManifestJson) {
  const TemporaryDirectory directory;
  const std::string archive = std::string(OCIMUX_TESTDATA) + "/docker-28/save-linux-arm64.tar";
  std::string bytes = test::read_file(archive);
  const std::size_t at = bytes.find("application/vnd.oci.image.config");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 40] ^= 1;
  test::write_file(directory / "damaged.tar", bytes);
  try {
    merge(options((directory / "damaged.tar").string(), (directory / "out").string()));
    FAIL() << "the damage was not seen";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::corrupt) << error.what();
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "out"));
}

TEST(MergeTrust, ADamagedBlobOfTheOutputIsGatheredAgain) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({}, "one");
  builder.write_directory(directory / "in");
  MergeOptions first = options((directory / "in").string(), (directory / "out").string());
  first.tags = {"first"};
  first.hard_links = false;  // else the input would be damaged with it
  merge(first);
  const auto before = test::tree(directory / "out" / "blobs");
  for (const auto& [name, content] : before) {
    if (content.empty()) continue;
    std::string damaged = content;
    damaged.back() = static_cast<char>(damaged.back() ^ 1);
    test::write_file(directory / "out" / "blobs" / name, damaged);
  }
  MergeOptions second = first;
  second.tags = {"second"};
  merge(second);
  EXPECT_EQ(test::tree(directory / "out" / "blobs"), before);
}

TEST(MergeTrust, OneManifestForTwoPlatformsIsTwoImages) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  const std::string manifest = builder.image({.platform = {"linux", "arm"}});
  builder.top(builder.index({LayoutBuilder::image_descriptor(manifest, {"linux", "arm", "v6"}),
                             LayoutBuilder::image_descriptor(manifest, {"linux", "arm", "v7"})}),
              test::oci_index_type);
  builder.write_directory(directory / "in");
  const MergeResult result =
      merge(options((directory / "in").string(), (directory / "out").string()));
  ASSERT_EQ(result.images.size(), 2U);
  EXPECT_EQ(result.images[0].platform.string(), "linux/arm/v6");
  EXPECT_EQ(result.images[1].platform.string(), "linux/arm/v7");
}

TEST(MergeTrust, AFullNameWrittenAsATagIsThatName) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({}, "docker.io/foo/x:main");
  builder.write_directory(directory / "out");
  builder.write_directory(directory / "in");
  MergeOptions again = options((directory / "in").string(), (directory / "out").string());
  again.tags = {"foo/x:main"};
  try {
    merge(again);
    FAIL() << "the tag was not seen";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::already_exists) << error.what();
  }
  again.replace = true;
  merge(again);
  EXPECT_EQ(inspect((directory / "out").string()).references.size(), 1U);
}

TEST(MergeTrust, WindowsOfOneBuildWithAndWithoutRevisionCannotBeToldApart) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({"windows", "amd64", "", "10.0.20348"}, "a", "1");
  builder.simple({"windows", "amd64", "", "10.0.20348.1607"}, "b", "2");
  builder.write_directory(directory / "in");
  EXPECT_THROW(merge(options((directory / "in").string(), (directory / "out").string())), Error);
}

TEST(InspectWhatIsNoImage, IsShownWithoutImages) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({}, "image");
  builder.blob("{}");
  const std::string artifact = R"({"schemaVersion":2,"config":)" +
                               test::descriptor("application/x.chart", "{}") + R"(,"layers":[]})";
  builder.blob(artifact);
  builder.top(artifact, test::oci_manifest_type, "chart");
  builder.write_directory(directory / "in");
  const Inspection inspection = inspect((directory / "in").string());
  ASSERT_EQ(inspection.references.size(), 2U);
  EXPECT_EQ(inspection.references[0].images.size(), 1U);
  EXPECT_TRUE(inspection.references[1].images.empty());
}

}  // namespace
}  // namespace ocimux
