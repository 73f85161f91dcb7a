#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/inputs.hpp"
#include "support/refusal.hpp"
#include "support/tar_builder.hpp"

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class DamagedLayout : public testing::TestWithParam<const char*> {
 protected:
  std::string path() const { return (directory_ / "input").string(); }

  std::string refused() {
    std::filesystem::remove_all(path());
    if (GetParam() == std::string("archive")) {
      return refusal([&] { return read(layout_.write_archive(path())); });
    }
    layout_.write_directory(path());
    return refusal([&] { return read(path()); });
  }

  TemporaryDirectory directory_;
  LayoutBuilder layout_;
};

INSTANTIATE_TEST_SUITE_P(Forms, DamagedLayout, testing::Values("directory", "archive"));

TEST_P(DamagedLayout, IsRefusedForAnyFlippedByteOfADocument) {
  const std::string manifest = layout_.image({.platform = {"linux", "arm64"}});
  const std::string index =
      layout_.index({LayoutBuilder::image_descriptor(manifest, {"linux", "arm64"})});
  layout_.top(index, oci_index_type);
  EXPECT_EQ(refused(), "");
  const std::string config = Manifest::parse(manifest, "").config.digest.string();
  for (const std::string& digest : {sha256(manifest), sha256(index), config}) {
    const std::string whole = layout_.blobs.at(digest);
    for (std::size_t at = 0; at < whole.size(); at += 7) {
      layout_.blobs[digest][at] = static_cast<char>(whole[at] ^ 1);
      EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: " + path() + ": "), HasSubstr(digest)));
      layout_.blobs[digest] = whole;
    }
  }
}

TEST_P(DamagedLayout, IsRefusedForABlobOfAnotherSize) {
  const std::string manifest = layout_.simple({"linux", "arm64"});
  layout_.blobs[sha256(manifest)] += " ";
  EXPECT_THAT(refused(),
              AllOf(StartsWith("corrupt: " + path() + ": "),
                    HasSubstr(sha256(manifest) + ": expected " + std::to_string(manifest.size()) +
                              " bytes, found " + std::to_string(manifest.size() + 1))));
}

TEST_P(DamagedLayout, IsRefusedForKeysThatStandTwice) {
  layout_.simple({"linux", "arm64"});
  const std::string entry = layout_.index_entries[0];
  layout_.index_json = R"({"schemaVersion":2,"manifests":[],"manifests":[)" + entry + "]}";
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: " + path() + ": "), HasSubstr("index.json: "),
                               HasSubstr("the key 'manifests' twice")));
  layout_.index_json.reset();
  const std::string manifest = layout_.image({.manifest_members = R"(,"config":{})"});
  layout_.top(manifest, oci_manifest_type);
  EXPECT_THAT(refused(), HasSubstr("the key 'config' twice"));
}

TEST_P(DamagedLayout, IsRefusedForDocumentsOverTheLimit) {
  const std::string padding(largest_document, 'x');
  const std::string more = R"(,"x":")" + padding + "\"";
  const std::string manifest = layout_.image({.manifest_members = more});
  layout_.top(manifest, oci_manifest_type);
  EXPECT_THAT(refused(), AllOf(StartsWith("corrupt: "), HasSubstr(sha256(manifest))));
  layout_.index_entries.clear();
  layout_.top(layout_.image({.config_members = more}), oci_manifest_type);
  EXPECT_THAT(refused(), StartsWith("corrupt: "));
  layout_.index_entries.clear();
  layout_.simple({"linux", "arm64"});
  layout_.index_json = R"({"schemaVersion":2,"x":")" + padding + R"(","manifests":[)" +
                       layout_.index_entries[0] + "]}";
  EXPECT_THAT(refused(),
              AllOf(StartsWith("corrupt: " + path() + ": "), HasSubstr("4194304 bytes")));
}

TEST_P(DamagedLayout, TakesADocumentOfTheLimitToTheByte) {
  const std::string bare = layout_.image({.manifest_members = R"(,"x":"")"});
  const std::string padding(static_cast<std::size_t>(largest_document) - bare.size(), 'x');
  layout_.top(layout_.image({.manifest_members = R"(,"x":")" + padding + "\""}), oci_manifest_type);
  EXPECT_EQ(refused(), "");
}

TEST_P(DamagedLayout, IsRefusedForAnotherVersion) {
  layout_.simple({"linux", "arm64"});
  for (const char* text : {"", "{}", "[]", R"({"imageLayoutVersion":"2.0.0"})",
                           R"({"imageLayoutVersion":1})", "1.0.0"}) {
    layout_.layout_file = text;
    const std::string error = refused();
    EXPECT_THAT(error, HasSubstr(": " + path() + ": oci-layout: ")) << text;
    EXPECT_EQ(error.find(path()), error.rfind(path())) << "named once: " << error;
  }
}

TEST_P(DamagedLayout, IsRefusedForAManifestThatIsAnIndexAsWell) {
  const std::string manifest = layout_.image({.manifest_members = R"(,"manifests":[])"});
  layout_.top(manifest, oci_manifest_type);
  EXPECT_THAT(refused(), HasSubstr("found a document that can be read as both"));
}

TEST_P(DamagedLayout, IsRefusedForAnotherTypeThanItsDescriptorSays) {
  const std::string manifest = layout_.image({.docker_types = true});
  layout_.top(manifest, oci_manifest_type);
  EXPECT_THAT(refused(), HasSubstr("expected a document of type " + oci_manifest_type));
}

TEST(DamagedArchive, IsRefusedForNamesThatLeaveIt) {
  const TemporaryDirectory directory;
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"});
  for (const char* name : {"../evil", "/etc/passwd", "blobs/../../evil", "a/../b"}) {
    TarBuilder tar;
    tar.file(name, "x").file("index.json", layout.index_document());
    for (const auto& [digest, bytes] : layout.blobs) {
      tar.file("blobs/sha256/" + digest.substr(7), bytes);
    }
    tar.file("oci-layout", layout.layout_file);
    EXPECT_THAT(refusal([&] { return read(tar.write(directory / "a")); }),
                AllOf(StartsWith("corrupt: "), HasSubstr("expected names inside the archive")))
        << name;
  }
}

TEST(DamagedArchive, IsRefusedForMembersThatStandTwice) {
  const TemporaryDirectory directory;
  LayoutBuilder layout;
  layout.simple({"linux", "arm64"});
  for (const std::string& twice : {std::string("index.json"), std::string("oci-layout"),
                                   "blobs/sha256/" + layout.blobs.begin()->first.substr(7)}) {
    TarBuilder tar;
    tar.file("index.json", layout.index_document()).file("oci-layout", layout.layout_file);
    for (const auto& [digest, bytes] : layout.blobs) {
      tar.file("blobs/sha256/" + digest.substr(7), bytes);
    }
    tar.file(twice, "{}");
    const std::string path = tar.write(directory / "a");
    // A layer's body is asked for when it is read.
    const std::string text = refusal([&] {
      const Input input = read(path);
      const auto& stored = std::get<StoredImage>(input.images.at(0).content);
      return stored.find(stored.manifest.layers.at(0)).has_value();
    });
    EXPECT_THAT(text, StartsWith("corrupt: ")) << twice;
  }
}

TEST(DamagedArchive, IsRefusedForBlobsWithHoles) {
  const TemporaryDirectory directory;
  LayoutBuilder layout;
  const std::string manifest = layout.simple({"linux", "arm64"});
  TarBuilder tar("pax");
  tar.file("index.json", layout.index_document()).file("oci-layout", layout.layout_file);
  for (const auto& [digest, bytes] : layout.blobs) {
    tar.add({.path = "blobs/sha256/" + digest.substr(7),
             .content = bytes,
             .sparse = digest == sha256(manifest)});
  }
  EXPECT_THAT(refusal([&] { return read(tar.write(directory / "a")); }),
              AllOf(StartsWith("corrupt: "), HasSubstr("found a sparse member"),
                    HasSubstr("[make the archive again without --sparse]")));
}

TEST(DamagedArchive, TakesNoBlobThroughALinkOutOfIt) {
  const TemporaryDirectory directory;
  LayoutBuilder layout;
  const std::string manifest = layout.simple({"linux", "arm64"});
  for (const char* target :
       {"/etc/passwd", "../../../etc/passwd", "../../../../x", "nothing", ".", ".."}) {
    TarBuilder tar;
    tar.file("index.json", layout.index_document()).file("oci-layout", layout.layout_file);
    for (const auto& [digest, bytes] : layout.blobs) {
      const std::string name = "blobs/sha256/" + digest.substr(7);
      digest == sha256(manifest) ? tar.symlink(name, target) : tar.file(name, bytes);
    }
    EXPECT_NE(refusal([&] { return read(tar.write(directory / "a")); }), "") << target;
  }
}

}  // namespace
}  // namespace ocimux::test
