#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// Every refusal leaves no trace, whether a layout is there already or not.

namespace ocimux::test {
namespace {

using testing::HasSubstr;

/// merge_refusal() into a new layout, one that is there, and an archive.
Error refused(const Workspace& work, MergeOptions options) {
  static int serial = 0;
  const Workspace other;
  MergeOptions first = other.options({other.rootfs("app-linux-mips64le.tar")});
  first.output = work.path("there" + std::to_string(++serial));
  merge(first);
  for (const std::string& output : {work.path("new/deep"), first.output, work.path("new.tar")}) {
    options.output = output;
    merge_refusal(work, options);
  }
  return merge_refusal(work, options);
}

Error refused_archive(const std::function<void(LayoutBuilder&, const Document&)>& damage) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({"linux", "amd64"}, "main");
  damage(builder, Document::parse(manifest));
  const Error error = refused(work, work.options({work.rootfs("ok-linux-arm64.tar"),
                                                  work.archive("damaged.tar", builder)}));
  EXPECT_THAT(error.what(), HasSubstr("damaged.tar"));
  const Workspace directory;
  EXPECT_EQ(merge_refusal(directory, directory.options({directory.layout("damaged.tar", builder)}))
                .code(),
            error.code());
  return error;
}

std::string digest_of(const Document& descriptor) { return descriptor["digest"]; }

TEST(MergeRefuses, BlobsThatAreNotTheirDigest) {
  for (const std::string part : {"config", "layer", "manifest"}) {
    const Error error = refused_archive([&](LayoutBuilder& builder, const Document& manifest) {
      std::string digest =
          part == "config" ? digest_of(manifest["config"]) : digest_of(manifest["layers"][0]);
      if (part == "manifest") {
        digest = Document::parse(builder.index_document())["manifests"][0]["digest"];
      }
      builder.blobs[digest].back() ^= 1;
    });
    EXPECT_EQ(error.code(), Errc::corrupt) << part;
    EXPECT_THAT(error.what(), HasSubstr("sha256:"));
  }
}

TEST(MergeRefuses, BlobsOfAnotherSize) {
  for (const bool longer : {false, true}) {
    const Error error = refused_archive([&](LayoutBuilder& builder, const Document& manifest) {
      std::string& layer = builder.blobs[digest_of(manifest["layers"][0])];
      longer ? layer.push_back('x') : layer.pop_back();
    });
    EXPECT_EQ(error.code(), Errc::corrupt);
  }
}

TEST(MergeRefuses, MissingBlobs) {
  for (const std::string part : {"config", "layers"}) {
    const Error error = refused_archive([&](LayoutBuilder& builder, const Document& manifest) {
      builder.blobs.erase(digest_of(part == "config" ? manifest["config"] : manifest["layers"][0]));
    });
    EXPECT_EQ(error.code(), Errc::not_found) << part;
    EXPECT_THAT(error.hint(), HasSubstr("incomplete"));
  }
}

TEST(MergeRefuses, LayersThatAreNotTheirDiffId) {
  const Workspace work;
  LayoutBuilder builder;
  std::string manifest = builder.image({.layers = {"one"}, .gzip_layers = false});
  // The same manifest over another layer.
  const std::string other = builder.blob("two");
  const std::string old = sha256("one");
  manifest.replace(manifest.find(old), old.size(), other);
  builder.blob(manifest);
  builder.top(manifest, oci_manifest_type);
  MergeOptions options = work.options({work.archive("in.tar", builder)});
  EXPECT_THAT(refused(work, options).what(), HasSubstr("DiffID"));
  options.recompress = true;
  EXPECT_THAT(refused(work, options).what(), HasSubstr("DiffID"));

  std::string saved = docker_archive({.layers = {"the layer"}});
  saved.replace(saved.find("the layer"), 9, "THE LAYER");
  const Error error = refused(work, work.options({work.file("saved.tar", saved)}));
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr(sha256("the layer")));
}

TEST(MergeRefuses, DamagedDocuments) {
  const std::vector<std::string> documents{
      "",
      "{",
      "null",
      R"({"schemaVersion":2,"manifests":{}})",
      R"({"schemaVersion":2,"manifests":[],"manifests":[]})",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"sha256:../../x","size":1}]})",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"x","digest":"md5:00","size":1}]})",
      R"({"schemaVersion":2,"manifests":[{"mediaType":"x","size":1}]})",
      R"({"schemaVersion":2,"manifests":[],"config":{},"layers":[]})",
      R"({"schemaVersion":2,"manifests":[]})",
      R"({"schemaVersion":2,"manifests":[]})" + std::string(4 << 20, ' ')};
  for (const std::string& document : documents) {
    const Error error = refused_archive(
        [&](LayoutBuilder& builder, const Document&) { builder.index_json = document; });
    EXPECT_TRUE(error.code() == Errc::corrupt || error.code() == Errc::unsupported)
        << document.substr(0, 80) << ": " << error.what();
  }
}

TEST(MergeRefuses, DuplicateKeysInAManifest) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(builder.image({.manifest_members = R"(,"layers":[])"}), oci_manifest_type);
  const Error error = refused(work, work.options({work.archive("in.tar", builder)}));
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), HasSubstr("'layers' twice"));
}

TEST(MergeRefuses, AManifestOverItsLimit) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(builder.image({.manifest_members = std::string(5 << 20, ' ')}), oci_manifest_type);
  EXPECT_NE(refused(work, work.options({work.archive("in.tar", builder)})).code(), Errc::io);
}

TEST(MergeRefuses, WhatIsNoneOfTheKinds) {
  const Workspace work;
  for (const std::string& content : {std::string(), std::string("text"), std::string(4096, '\0'),
                                     random_bytes(5000, 7), filtered_by("gzip", "text"),
                                     std::string("\x7f"
                                                 "ELF") +
                                         std::string(600, 'x')}) {
    const Error error = refused(work, work.options({work.file("app-linux-amd64.tar", content)}));
    EXPECT_TRUE(error.code() == Errc::unsupported || error.code() == Errc::corrupt);
    EXPECT_THAT(error.what(), HasSubstr("app-linux-amd64.tar: expected"));
  }
  std::filesystem::create_directory(work.path("directory"));
  EXPECT_THAT(refused(work, work.options({work.path("directory")})).hint(), HasSubstr("tar -C"));
  EXPECT_EQ(refused(work, work.options({work.path("missing")})).code(), Errc::not_found);
  EXPECT_EQ(refused(work, work.options({"docker.io/busybox"})).code(), Errc::not_found);
  EXPECT_EQ(refused(work, work.options({"docker://Busybox"})).code(), Errc::invalid_argument);
  EXPECT_EQ(refused(work, work.options({})).code(), Errc::invalid_argument);
}

TEST(MergeRefuses, NamesThatLeaveTheArchive) {
  for (const std::string name : {"../../etc/passwd", "a/../../b", "/../x"}) {
    const Workspace work;
    const std::string tar = TarBuilder().file("app", "x").file(name, "evil").bytes();
    MergeOptions options = work.options({work.file("app-linux-amd64.tar", tar)});
    EXPECT_EQ(refused(work, options).code(), Errc::corrupt) << name;
  }
}

TEST(MergeRefuses, SparseBlobs) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"});
  TarBuilder tar("pax");
  for (const auto& [digest, bytes] : builder.blobs) {
    tar.add({.path = "blobs/sha256/" + digest.substr(7), .content = bytes, .sparse = true});
  }
  tar.file("index.json", builder.index_document()).file("oci-layout", builder.layout_file);
  const Error error = refused(work, work.options({work.file("in.tar", tar.bytes())}));
  EXPECT_TRUE(error.code() == Errc::unsupported || error.code() == Errc::corrupt) << error.what();
}

TEST(MergeRefuses, InputsTruncatedAnywhere) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({"linux", "amd64"}, "main");
  const std::string tar = TarBuilder("ustar").file("app", "x").bytes();
  struct Case {
    std::string name, bytes;
    std::size_t whole, step;
  };
  // A tar is whole once its two zero blocks are there; what fills its last record may be missing.
  const auto end = [](const std::string& bytes) {
    return (bytes.find_last_not_of('\0') / 512 + 1 + 2) * 512;
  };
  const std::string archive = builder.archive_bytes();
  const std::string packed = filtered_by("gzip", tar);
  const std::string zstd = filtered_by("zstd", tar);
  for (const Case& one : std::vector<Case>{{"a-linux-amd64.tar", tar, end(tar), 1},
                                           {"oci.tar", archive, end(archive), 61},
                                           {"b-linux-amd64.tar.gz", packed, packed.size(), 1},
                                           {"c-linux-amd64.tar.zst", zstd, zstd.size(), 1}}) {
    for (std::size_t size = 0; size < one.whole; size += one.step) {
      const MergeOptions options = work.options({work.file(one.name, one.bytes.substr(0, size))});
      const Error error = error_of([&] { merge(options); });
      ASSERT_TRUE(error.code() == Errc::corrupt || error.code() == Errc::unsupported)
          << one.name << " cut at " << size << " of " << one.whole << ": " << error.what();
      ASSERT_FALSE(std::filesystem::exists(options.output)) << one.name << " cut at " << size;
    }
    MergeOptions options = work.options({work.file(one.name, one.bytes.substr(0, one.whole))});
    options.output = work.path("whole-" + sha256(one.name));
    merge(options);
  }
}

}  // namespace
}  // namespace ocimux::test
