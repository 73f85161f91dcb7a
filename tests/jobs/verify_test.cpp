#include "jobs/verify_links.hpp"
#include "support/executables.hpp"
#include "support/merging.hpp"

#include <ocimux/jobs/verify.hpp>

#include <gmock/gmock.h>

#include <filesystem>

// verify tells all that is wrong, where, and in one order; and of what is sound nothing.

namespace ocimux::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

std::vector<std::string> told(const Verification& verification) {
  std::vector<std::string> lines;
  for (const VerifiedInput& input : verification.inputs) {
    for (const Finding& finding : input.findings) lines.push_back(describe(finding));
  }
  return lines;
}

std::string layer_of(const std::string& architecture) {
  return TarBuilder().file("bin/app", elf_program(architecture)).bytes();
}

/// Images for amd64 and arm64 that share a layer, in an index with two tags.
LayoutBuilder two_platforms() {
  LayoutBuilder builder;
  const std::string shared = TarBuilder().file("etc/shared", "x").bytes();
  std::vector<std::string> descriptors;
  for (const std::string architecture : {"amd64", "arm64"}) {
    const LayoutBuilder::Platform platform{"linux", architecture};
    const std::string manifest =
        builder.image({.platform = platform, .layers = {shared, layer_of(architecture)}});
    descriptors.push_back(LayoutBuilder::image_descriptor(manifest, platform));
  }
  const std::string index = builder.index(descriptors);
  builder.top(index, oci_index_type, "main").top(index, oci_index_type, "latest");
  return builder;
}

bool is_layer(const std::string& bytes) { return bytes.starts_with("\x1f\x8b"); }

TEST(Verify, SaysNothingOfASoundLayout) {
  const Workspace work;
  const LayoutBuilder builder = two_platforms();
  for (const std::string& path : {work.layout("a", builder), work.archive("a.tar", builder)}) {
    const Verification all = verify({{{path}}});
    EXPECT_TRUE(all.ok());
    EXPECT_THAT(told(all), IsEmpty());
    ASSERT_THAT(all.inputs[0].images, SizeIs(2));
    EXPECT_EQ(all.inputs[0].images[1].place, "main > linux/arm64");
    EXPECT_EQ(all.inputs[0].images[1].binaries, 1U);
  }
}

TEST(Verify, WhatMergeWritesIsSoundInEveryFormat) {
  const Workspace work;
  const fs::path binaries = fs::path(OCIMUX_TESTDATA) / "binaries";
  for (const std::string compression : {"gzip", "gzip:1", "zstd", "none"}) {
    for (const ImageFormat format : {ImageFormat::oci, ImageFormat::docker}) {
      if (format == ImageFormat::docker && compression == "zstd") continue;
      for (const std::string output : {"out", "out.tar"}) {
        MergeOptions options = work.options({});
        for (const std::string platform : {"linux-amd64", "linux-arm64", "linux-arm-v7"}) {
          options.inputs.push_back(
              {work.rootfs("a-" + platform + ".tar", read_file(binaries / platform))});
        }
        options.output = work.path(compression + std::to_string(static_cast<int>(format)) + output);
        options.tags = {"x/app:main", "y/app:main"};
        options.platform_tags = true;
        options.compression = compression;
        options.format = format;
        merge(options);
        EXPECT_THAT(told(verify({{{options.output}}})), IsEmpty()) << options.output;
      }
    }
  }
}

TEST(Verify, ABlobThatIsWrongInSeveralPlacesIsOneFinding) {
  const Workspace work;
  LayoutBuilder builder = two_platforms();
  const std::string shared = compressed_by("gzip -n", TarBuilder().file("etc/shared", "x").bytes());
  builder.blobs.at(sha256(shared)).back() ^= 1;
  const Verification all = verify({{{work.layout("a", builder)}}});
  ASSERT_THAT(all.inputs[0].findings, SizeIs(1));
  const Finding& finding = all.inputs[0].findings[0];
  EXPECT_EQ(finding.code, "blob-digest");
  EXPECT_EQ(finding.place, "main > linux/amd64 > layer 1");
  EXPECT_EQ(finding.more, 1U);
  EXPECT_EQ(finding.digest, Digest::parse(sha256(shared)));
  EXPECT_EQ(finding.image, 0U);
  EXPECT_THAT(describe(finding),
              HasSubstr("a: main > linux/amd64 > layer 1 (and 1 more): expected content with"));
}

// All of them, in the order of the walk, at any number of threads.
TEST(Verify, TellsAllInOneOrder) {
  const Workspace work;
  LayoutBuilder builder = two_platforms();
  for (auto& [digest, bytes] : builder.blobs) {
    if (is_layer(bytes)) bytes.back() ^= 1;
  }
  builder.blob("lost");
  const std::string path = work.layout("a", builder);
  const std::vector<std::string> one = told(verify({{{path}}}));
  EXPECT_THAT(one,
              ElementsAre(HasSubstr("main > linux/amd64 > layer 1 (and 1 more)"),
                          HasSubstr("main > linux/amd64 > layer 2"),
                          HasSubstr("main > linux/arm64 > layer 2"), HasSubstr("nothing names")));
  for (const std::size_t jobs : {2U, 3U, 8U}) {
    EXPECT_EQ(told(verify({.inputs = {{path}}, .jobs = jobs})), one);
  }
}

TEST(Verify, AnyFlippedBitOfAnyBlobIsAnError) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {TarBuilder("ustar").file("a", "").bytes()}}),
              oci_manifest_type, "main");
  const fs::path layout = work.layout("a", builder);
  ASSERT_THAT(told(verify({{{layout}}})), IsEmpty());
  for (const auto& [digest, bytes] : builder.blobs) {
    const fs::path blob = layout / "blobs" / "sha256" / digest.substr(7);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
      write_file(blob, changed);
      ASSERT_FALSE(verify({{{layout}}}).ok()) << digest << ", byte " << i;
    }
    write_file(blob, bytes);
  }
}

TEST(Verify, AnyBlobCutAnywhereIsAnError) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {TarBuilder("ustar").file("a", "").bytes()}}),
              oci_manifest_type, "main");
  const fs::path layout = work.layout("a", builder);
  for (const auto& [digest, bytes] : builder.blobs) {
    const fs::path blob = layout / "blobs" / "sha256" / digest.substr(7);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      write_file(blob, bytes.substr(0, size));
      ASSERT_FALSE(verify({.inputs = {{layout}}, .depth = VerifyDepth::shallow}).ok())
          << digest << ", " << size << " bytes";
    }
    fs::remove(blob);
    ASSERT_FALSE(verify({{{layout}}}).ok()) << digest;
    write_file(blob, bytes);
  }
}

// What is damaged in more ways than by its digest: a stream that breaks off, and a tar that does.
TEST(Verify, DamageInsideOfALayerWithTheRightDigestIsTold) {
  const Workspace work;
  const std::string layer = layer_of("amd64");
  const std::string stored = compressed_by("gzip -n", layer);
  for (const auto& [bytes, code] :
       {std::pair(stored.substr(0, stored.size() - 4), std::string("layer-compression")),
        std::pair(stored + "x", std::string("layer-compression")),
        std::pair(compressed_by("gzip -n", layer.substr(0, 700)), std::string("layer-tar"))}) {
    LayoutBuilder builder;
    std::string manifest = builder.image({.layers = {layer}});
    const std::string before = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", stored);
    const std::size_t at = manifest.find(before);
    ASSERT_NE(at, std::string::npos);
    manifest.replace(at, before.size(),
                     descriptor("application/vnd.oci.image.layer.v1.tar+gzip", bytes));
    builder.blobs.clear();
    static_cast<void>(builder.image({.layers = {layer}}));
    builder.blob(bytes);
    builder.blob(manifest);
    builder.top(manifest, oci_manifest_type, "main");
    const Verification all =
        verify({{{work.layout(code + std::to_string(bytes.size()), builder)}}});
    EXPECT_FALSE(all.ok());
    ASSERT_FALSE(all.inputs[0].findings.empty());
    EXPECT_THAT(told(all), testing::Contains(HasSubstr(code)));
  }
}

TEST(Verify, ATagOrDigestNarrowsWhatIsLookedAt) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({}, "good");
  const std::string bad = builder.image({.layers = {"no tar"}});
  builder.top(bad, oci_manifest_type, "bad");
  const std::string good = builder.image({.layers = {layer_of("amd64")}});
  builder.top(good, oci_manifest_type, "fine");
  builder.blob("lost");
  const std::string path = work.layout("a", builder);
  EXPECT_FALSE(verify({{{path}}}).ok());
  EXPECT_THAT(told(verify({{{path + ":fine"}}})), IsEmpty());
  EXPECT_THAT(told(verify({{{path + "@" + sha256(good)}}})), IsEmpty());
  EXPECT_FALSE(verify({{{path + ":bad"}}}).ok());
}

TEST(Verify, WhatIsNotThereKeepsNobodyFromBeingVerified) {
  const Workspace work;
  const std::string path = work.layout("a", two_platforms());
  const Verification all = verify(
      {{{work.path("missing.tar")}, {path + ":none"}, {work.file("x.tar", "no tar")}, {path}}});
  ASSERT_THAT(all.inputs, SizeIs(4));
  EXPECT_FALSE(all.ok());
  ASSERT_TRUE(all.inputs[0].failure);
  EXPECT_EQ(all.inputs[0].failure->code(), Errc::not_found);
  ASSERT_TRUE(all.inputs[1].failure);
  EXPECT_EQ(all.inputs[1].failure->code(), Errc::not_found);
  EXPECT_FALSE(all.inputs[2].failure);
  EXPECT_THAT(all.inputs[2].findings, SizeIs(1));
  EXPECT_THAT(all.inputs[3].findings, IsEmpty());
  EXPECT_THAT(all.inputs[3].images, SizeIs(2));
}

TEST(Verify, AnIndexMustHaveTheExpectedPlatformsAndNoOthers) {
  const Workspace work;
  const std::string path = work.layout("a", two_platforms());
  const auto expecting = [&](const std::vector<std::string>& platforms) {
    VerifyOptions options{.inputs = {{path}}};
    for (const std::string& platform : platforms)
      options.expect.push_back(Platform::parse(platform));
    return told(verify(options));
  };
  EXPECT_THAT(expecting({"linux/amd64", "linux/arm64/v8"}), IsEmpty());
  EXPECT_THAT(expecting({"linux/amd64"}),
              ElementsAre(HasSubstr("platform-unexpected: " + path + ": main > linux/arm64")));
  EXPECT_THAT(expecting({"linux/amd64", "linux/arm64", "linux/s390x"}),
              ElementsAre(HasSubstr("expected an image for linux/s390x")));
}

// Root filesystems have them together; a build of Windows is any of its revisions.
TEST(Verify, ImagesWithoutAnIndexMustHaveTheExpectedPlatformsTogether) {
  const Workspace work;
  const fs::path binaries = fs::path(OCIMUX_TESTDATA) / "binaries";
  VerifyOptions options;
  options.inputs = {
      {work.rootfs("a-linux-amd64.tar", read_file(binaries / "linux-amd64"))},
      {work.rootfs("a-windows-ltsc2022-amd64.tar", read_file(binaries / "windows-amd64.exe"))}};
  for (const std::string windows : {"windows/amd64:10.0.20348", "windows/amd64"}) {
    options.expect = {Platform::parse("linux/amd64"), Platform::parse(windows)};
    EXPECT_THAT(told(verify(options)), IsEmpty());
  }
  options.expect.back() = Platform::parse("windows/amd64:10.0.2034");
  EXPECT_THAT(told(verify(options)), SizeIs(2));  // one missing, one unexpected
}

TEST(Verify, ForeignLayersMayBeMissing) {
  const Workspace work;
  LayoutBuilder builder;
  std::string manifest = builder.image({.layers = {layer_of("amd64")}});
  const std::string type = "application/vnd.oci.image.layer.v1.tar+gzip";
  manifest.replace(manifest.find(type), type.size(),
                   "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
  builder.blob(manifest);
  std::erase_if(builder.blobs, [](const auto& blob) { return is_layer(blob.second); });
  builder.top(manifest, oci_manifest_type, "main");
  EXPECT_TRUE(verify({{{work.layout("a", builder)}}}).ok());
}

TEST(Verify, HardLinksMayLeadToLowerLayersAndThroughSymlinks) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(
      builder.image(
          {.layers = {TarBuilder().file("usr/lib/a", "x").symlink("lib", "usr/lib").bytes(),
                      TarBuilder().hard_link("b", "usr/lib/a").hard_link("c", "lib/a").bytes()}}),
      oci_manifest_type, "main");
  EXPECT_THAT(told(verify({{{work.layout("a", builder)}}})), IsEmpty());
}

TEST(Verify, HardLinksOfARootFilesystemAreThoseOfALayer) {
  const Workspace work;
  const std::string late =
      work.file("a-linux-amd64.tar",
                TarBuilder().hard_link("b", "a").hard_link("c", "d").file("a", "").bytes());
  EXPECT_THAT(told(verify({{{late}}})),
              ElementsAre(HasSubstr("found 'b', a link to 'a', which comes later"),
                          HasSubstr("found 'c', a link to 'd', which is not there")));
  const std::string through = work.file("b-linux-amd64.tar", TarBuilder()
                                                                 .file("usr/lib/a", "x")
                                                                 .symlink("lib", "usr/lib")
                                                                 .hard_link("c", "lib/a")
                                                                 .bytes());
  EXPECT_THAT(told(verify({{{through}}})), IsEmpty());
}

TEST(Verify, ImagesForOnePlatformAreNamed) {
  const Workspace work;
  const auto listing = [&](const std::string& name, const LayoutBuilder::Platform& platform,
                           const LayoutBuilder::Platform& other) {
    LayoutBuilder builder;
    std::vector<std::string> children;
    for (const auto& one : {platform, other}) {
      children.push_back(LayoutBuilder::image_descriptor(
          builder.image({.platform = one, .layers = {layer_of("amd64")}}), one));
    }
    builder.top(builder.index(children), oci_index_type, "main");
    std::vector<std::string> found;
    const Verification all = verify({{{work.layout(name, builder)}}});
    for (const Finding& finding : all.inputs.at(0).findings) {
      if (finding.code == "platform-duplicate") found.push_back(finding.found);
    }
    return found;
  };
  const std::string digest = "sha256:[0-9a-f]{64}";
  EXPECT_THAT(listing("same", {}, {}), ElementsAre(MatchesRegex(digest + " more than once")));
  EXPECT_THAT(listing("other", {"linux", "arm64"}, {"linux", "arm64", "v8"}),
              ElementsAre(MatchesRegex(digest + " besides " + digest)));
  EXPECT_THAT(listing("windows", {"windows", "amd64", "", "10.0.1.1"}, {"windows", "amd64"}),
              ElementsAre(MatchesRegex(digest + ", without os.version, besides " + digest)));
}

std::string numbered(const std::string& name, int number) { return name + std::to_string(number); }

TEST(Verify, AHardLinkToNothingIsToldBehindAnyNumberOfSoundOnes) {
  const Workspace work;
  TarBuilder files;
  TarBuilder links;
  for (int i = 0; i < 200; ++i) {
    files.file(numbered("file", i), "");
    links.hard_link(numbered("link", i), numbered("file", i));
  }
  links.hard_link("open", "nowhere");
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {files.bytes(), links.bytes()}}), oci_manifest_type, "main");
  EXPECT_THAT(told(verify({{{work.layout("a", builder)}}})),
              ElementsAre(HasSubstr("found 'open', a link to 'nowhere'")));
}

TEST(Verify, OfHardLinksToNothingAHundredAreToldAndHowManyMore) {
  const Workspace work;
  TarBuilder links;
  for (int i = 0; i < 150; ++i) links.hard_link(numbered("link", i), numbered("nowhere", i));
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {links.bytes()}}), oci_manifest_type, "main");
  for (const std::string& path :
       {work.layout("a", builder), work.file("b-linux-amd64.tar", links.bytes())}) {
    const auto lines = told(verify({{{path}}}));
    ASSERT_THAT(lines, SizeIs(100)) << path;
    EXPECT_THAT(lines.back(), HasSubstr("(and 50 more in this layer)"));
  }
}

TEST(Verify, LooksForTargetsOfHardLinksInBoundedTime) {
  const Digest digest = Digest::of(std::string_view("layer"));
  const std::map<Digest, ListedBlob> blobs{{digest, {{{}, digest, 0}, {}, Spot{"layer 1"}}}};
  BlobFacts layer;
  layer.open_links = {{std::string(100'000'000, '/'), "link"}};
  const std::map<Digest, BlobFacts> facts{{digest, layer}};
  ListedImage image{{}, {"it", {}, {}, RootfsImage{}}};
  image.layers = {digest};
  Findings findings("it", Strictness::as_found);
  LinkCheck(blobs, facts, findings, {}).check(image);
  const auto all = findings.take();
  ASSERT_THAT(all, SizeIs(1));
  EXPECT_EQ(all[0].code, "limit-exceeded");
}

TEST(Verify, ReadsNoDocumentThatIsTooLarge) {
  const Workspace work;
  LayoutBuilder builder;
  builder.index_json = std::string((4U << 20U) + 1, ' ');
  EXPECT_THAT(told(verify({{{work.layout("a", builder)}}})),
              ElementsAre(HasSubstr("limit-exceeded: " + work.path("a") + ": index.json: ")));
  LayoutBuilder other;
  const std::string large = std::string(4U << 20U, ' ') + "{}";
  other.blob(large);
  other.top(large, oci_manifest_type, "main");
  EXPECT_THAT(told(verify({{{work.archive("b.tar", other)}}})),
              ElementsAre(HasSubstr("limit-exceeded: " + work.path("b.tar") + ": main: ")));
}

TEST(Verify, FilesOfALayoutThatAreNoneAreFindings) {
  const Workspace work;
  LayoutBuilder builder;
  builder.simple({}, "main");
  for (const std::string file : {"index.json", "oci-layout"}) {
    const fs::path layout = work.layout("lay-" + file, builder);
    fs::rename(layout / file, work.path("elsewhere"));
    fs::create_symlink(work.path("elsewhere"), layout / file);
    EXPECT_THAT(told(verify({{{layout}}})), testing::Contains(HasSubstr("layout-file")));
  }
}

TEST(Verify, BlobsThatAreALinkAreAFinding) {
  const Workspace work;
  const LayoutBuilder builder = two_platforms();
  const std::string layout = work.layout("lay", builder);
  fs::rename(layout + "/blobs", work.path("elsewhere"));
  fs::create_symlink(work.path("elsewhere"), layout + "/blobs");
  for (const std::string name : {"", ":main"}) {
    EXPECT_THAT(told(verify({{{layout + name}}})),
                ElementsAre(HasSubstr("blobs: expected a directory, found a symbolic link")));
  }
}

// Nothing of a damaged document says what it led to.
TEST(Verify, BlobsAreNotCalledLostWhereADocumentCannotBeRead) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string manifest = builder.simple({}, "main");
  builder.blobs.at(sha256(manifest)).back() = ' ';
  EXPECT_THAT(told(verify({{{work.layout("a", builder)}}})), ElementsAre(HasSubstr("blob-digest")));
}

TEST(Verify, ShallowReadsNoLayer) {
  const Workspace work;
  LayoutBuilder builder = two_platforms();
  for (auto& [digest, bytes] : builder.blobs) {
    if (is_layer(bytes)) bytes.back() ^= 1;
  }
  const std::string path = work.layout("a", builder);
  EXPECT_FALSE(verify({{{path}}}).ok());
  EXPECT_THAT(told(verify({.inputs = {{path}}, .depth = VerifyDepth::shallow})), IsEmpty());
}

TEST(Verify, AnArtifactIsCheckedWithoutBeingTakenForAnImage) {
  const Workspace work;
  LayoutBuilder builder;
  builder.blob("{}");
  builder.blob("chart");
  const std::string artifact =
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
      R"("artifactType":"application/x","config":)" +
      descriptor("application/vnd.oci.empty.v1+json", "{}") + R"(,"layers":[)" +
      descriptor("application/x", "chart") + "]}";
  builder.blob(artifact);
  builder.top(artifact, oci_manifest_type, "chart");
  const Verification sound = verify({{{work.layout("a", builder)}}});
  EXPECT_THAT(told(sound), IsEmpty());
  EXPECT_THAT(sound.inputs[0].images, IsEmpty());
  builder.blobs.at(sha256("chart")) = "other";
  EXPECT_THAT(told(verify({{{work.layout("b", builder)}}})), ElementsAre(HasSubstr("blob-digest")));
}

}  // namespace
}  // namespace ocimux::test
