#include <ocimux/layout/layout.hpp>

#include <ocimux/base/error.hpp>

#include "layout/change.hpp"
#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace ocimux {
namespace {

namespace fs = std::filesystem;
using test::error_of;
using test::LayoutBuilder;
using test::TemporaryDirectory;
using test::write_file;

Errc refusal_of(const fs::path& path) {
  return error_of([&] { Layout::open(path); }).code();
}

TEST(Layout, OpensOne) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({}, "latest");
  builder.write_directory(directory / "in");
  const Layout layout = Layout::open(directory / "in");
  EXPECT_EQ(layout.directory(), directory / "in");
  ASSERT_EQ(layout.index().manifests.size(), 1U);
  const Descriptor& manifest = layout.index().manifests[0];
  EXPECT_EQ(layout.blobs().size_of(manifest.digest), manifest.size);
}

TEST(Layout, KeepsItsStateOfOpening) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.simple({}, "latest");
  builder.write_directory(directory / "in");
  const Layout layout = Layout::open(directory / "in");
  write_file(directory / "in/index.json", R"({"schemaVersion":2,"manifests":[]})");
  EXPECT_EQ(layout.index().manifests.size(), 1U);
}

TEST(Layout, SaysWhatIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_EQ(refusal_of(directory / "none"), Errc::not_found);
  fs::create_directory(directory / "empty");
  EXPECT_EQ(refusal_of(directory / "empty"), Errc::corrupt);
  write_file(directory / "file", "");
  EXPECT_EQ(refusal_of(directory / "file"), Errc::corrupt);
}

// There is such a directory, so it is not "not found".
TEST(Layout, WithoutAnIndexIsCorrupt) {
  const TemporaryDirectory directory;
  LayoutBuilder().write_directory(directory / "in");
  fs::remove(directory / "in/index.json");
  EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt);
}

TEST(Layout, OfAnotherVersionIsUnsupported) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.layout_file = R"({"imageLayoutVersion":"1.1.0"})";
  builder.write_directory(directory / "in");
  const Error error = error_of([&] { Layout::open(directory / "in"); });
  EXPECT_EQ(error.code(), Errc::unsupported);
  EXPECT_THAT(error.what(), testing::HasSubstr("expected imageLayoutVersion 1.0.0, found '1.1.0'"));
  EXPECT_THAT(error.what(), testing::StartsWith((directory / "in").string() + ": oci-layout: "));
}

TEST(Layout, WithDamagedDocumentsIsCorrupt) {
  const TemporaryDirectory directory;
  for (const char* text : {"", "{", "[]", "null", R"({"imageLayoutVersion":1})",
                           R"({"imageLayoutVersion":"1.0.0","imageLayoutVersion":"1.0.0"})"}) {
    LayoutBuilder builder;
    builder.layout_file = text;
    builder.write_directory(directory / "in");
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << text;
  }
  for (const char* text : {"", "{}", "[]", R"({"schemaVersion":2,"manifests":{}})",
                           R"({"schemaVersion":2,"manifests":[{}]})",
                           R"({"schemaVersion":2,"manifests":[],"layers":[]})"}) {
    LayoutBuilder builder;
    builder.index_json = text;
    builder.write_directory(directory / "in");
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << text;
  }
}

TEST(Layout, WithLinksInsteadOfDocumentsIsCorrupt) {
  const TemporaryDirectory directory;
  for (const char* name : {"oci-layout", "index.json"}) {
    fs::remove_all(directory / "in");
    LayoutBuilder().write_directory(directory / "in");
    fs::rename(directory / ("in/" + std::string(name)), directory / "elsewhere");
    fs::create_symlink(directory / "elsewhere", directory / ("in/" + std::string(name)));
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << name;
  }
}

// Opening a pipe that nobody writes to would last for ever.
TEST(Layout, WithPipesInsteadOfDocumentsIsCorrupt) {
  const TemporaryDirectory directory;
  for (const char* name : {"oci-layout", "index.json"}) {
    fs::remove_all(directory / "in");
    LayoutBuilder().write_directory(directory / "in");
    const fs::path path = directory / ("in/" + std::string(name));
    fs::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << name;
    fs::remove(path);
    fs::create_directory(path);
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << name;
  }
}

// By such a link, who knows a digest could have blobs of another store handed out.
TEST(Layout, WithLinksToOtherBlobsIsCorrupt) {
  const TemporaryDirectory directory;
  for (const char* name : {"blobs", "blobs/sha256", "blobs/sha512"}) {
    fs::remove_all(directory / "in");
    fs::create_directories(directory / "elsewhere");
    LayoutBuilder().write_directory(directory / "in");
    fs::remove_all(directory / ("in/" + std::string(name)));
    fs::create_directories((directory / ("in/" + std::string(name))).parent_path());
    fs::create_directory_symlink(directory / "elsewhere", directory / ("in/" + std::string(name)));
    EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt) << name;
    EXPECT_EQ(error_of([&] { LayoutChange change(directory / "in"); }).code(), Errc::corrupt)
        << name;
  }
  EXPECT_TRUE(fs::is_empty(directory / "elsewhere"));
}

TEST(Layout, IsNotMadeAroundALinkToOtherBlobs) {
  const TemporaryDirectory directory;
  fs::create_directories(directory / "elsewhere");
  fs::create_directories(directory / "out");
  fs::create_directory_symlink(directory / "elsewhere", directory / "out/blobs");
  EXPECT_EQ(error_of([&] { LayoutChange change(directory / "out"); }).code(), Errc::already_exists);
}

TEST(Layout, RefusesAnIndexOverTheLimit) {
  const TemporaryDirectory directory;
  LayoutBuilder builder;
  builder.index_json = R"({"schemaVersion":2,"manifests":[]})";
  builder.index_json->append(largest_document - builder.index_json->size(), ' ');
  builder.write_directory(directory / "in");
  EXPECT_NO_THROW(Layout::open(directory / "in"));
  builder.index_json->append(" ");
  builder.write_directory(directory / "in");
  EXPECT_EQ(refusal_of(directory / "in"), Errc::corrupt);
}

}  // namespace
}  // namespace ocimux
