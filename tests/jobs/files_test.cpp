#include <ocimux/jobs/files.hpp>

#include "io/memory.hpp"
#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t enough = 1 << 20;

std::vector<std::string> paths_of(const ImageFiles& files) {
  std::vector<std::string> paths;
  for (const FileEntry& entry : files.entries) paths.push_back(entry.path);
  return paths;
}

const FileEntry& entry(const ImageFiles& files, const std::string& path) {
  for (const FileEntry& one : files.entries) {
    if (one.path == path) return one;
  }
  throw std::out_of_range(path);
}

std::string lower_layer() {
  TarBuilder tar;
  tar.add({.path = "usr/bin/app", .content = "old", .mode = 0755});
  tar.file("usr/lib/kept", "kept").file("usr/lib/gone", "gone").symlink("bin", "usr/bin");
  tar.add({.path = "usr/lib/odd",
           .content = "odd",
           .mode = 04751,
           .uid = 10,
           .gid = 20,
           .mtime = -2,
           .mtime_nanoseconds = 500'000'000,
           .xattrs = {{"user.a", std::string("\0\xff", 2)}}});
  tar.add({.path = "dev/tty", .type = '3', .major = 5, .minor = 1});
  return tar.bytes();
}

std::string upper_layer() {
  return TarBuilder()
      .file("bin/app", "new content")
      .file("usr/lib/.wh.gone", "")
      .hard_link("usr/lib/also", "usr/lib/kept")
      .bytes();
}

/// Two platforms under one tag, one of them with two layers.
LayoutBuilder images() {
  LayoutBuilder builder;
  const std::string amd64 = builder.image({.layers = {lower_layer(), upper_layer()}});
  const std::string arm64 = builder.image(
      {.platform = {"linux", "arm64"}, .layers = {TarBuilder().file("app", "arm64").bytes()}});
  builder.top(builder.index({LayoutBuilder::image_descriptor(amd64, {}),
                             LayoutBuilder::image_descriptor(arm64, {"linux", "arm64"})}),
              oci_index_type, "main");
  return builder;
}

const Platform amd64 = Platform::parse("linux/amd64");
const Platform arm64 = Platform::parse("linux/arm64");

TEST(Files, ShowLayersOverEachOther) {
  const Workspace work;
  for (const std::string& path :
       {work.layout("layout", images()), work.archive("a.tar", images())}) {
    const ImageFiles files = read_files({path, amd64});
    EXPECT_EQ(files.name, path);
    EXPECT_EQ(files.platform, amd64);
    EXPECT_TRUE(files.manifest.has_value());
    EXPECT_THAT(paths_of(files),
                ElementsAre("/", "/bin", "/dev", "/dev/tty", "/usr", "/usr/bin", "/usr/bin/app",
                            "/usr/lib", "/usr/lib/also", "/usr/lib/kept", "/usr/lib/odd"));
    EXPECT_EQ(entry(files, "/usr/bin/app").digest, Digest::of("new content"));
    EXPECT_EQ(entry(files, "/usr/bin/app").size, 11);
    EXPECT_EQ(entry(files, "/bin").kind, FileKind::symlink);
    EXPECT_EQ(entry(files, "/bin").link_target, "usr/bin");
    EXPECT_EQ(entry(files, "/usr/lib/kept").hard_link_of, "/usr/lib/also");
    EXPECT_EQ(entry(files, "/usr/lib/also").digest, Digest::of("kept"));
    EXPECT_TRUE(entry(files, "/usr").implied);
    EXPECT_EQ(entry(files, "/dev/tty").kind, FileKind::character);
    EXPECT_EQ(entry(files, "/dev/tty").device_major, 5);
    const FileEntry& odd = entry(files, "/usr/lib/odd");
    EXPECT_EQ(odd.mode, 04751U);
    EXPECT_EQ(odd.uid, 10);
    EXPECT_EQ(odd.gid, 20);
    EXPECT_EQ(odd.xattrs.at("user.a"), std::string("\0\xff", 2));
    EXPECT_FALSE(odd.implied);
  }
}

TEST(Files, OneAnswerAtAnyNumberOfThreads) {
  const Workspace work;
  const std::string path = work.layout("layout", images());
  const ImageFiles one = read_files({.reference = path, .platform = amd64, .jobs = 1});
  const ImageFiles many = read_files({.reference = path, .platform = amd64, .jobs = 8});
  ASSERT_EQ(paths_of(one), paths_of(many));
  for (std::size_t i = 0; i < one.entries.size(); ++i) {
    EXPECT_EQ(one.entries[i].digest, many.entries[i].digest);
  }
}

TEST(Files, BelowAPathOnlyAndWithoutDigestsWhereNobodyAsks) {
  const Workspace work;
  const std::string path = work.layout("layout", images());
  FilesOptions options{path, amd64, "bin"};
  options.last_link = LastLink::followed;
  options.digests = ContentDigests::left_out;
  const ImageFiles files = read_files(options);
  EXPECT_THAT(paths_of(files), ElementsAre("/usr/bin", "/usr/bin/app"));
  options.last_link = LastLink::shown;
  EXPECT_THAT(paths_of(read_files(options)), ElementsAre("/bin"));
  options.path = "bin/";
  EXPECT_THAT(paths_of(read_files(options)), ElementsAre("/usr/bin", "/usr/bin/app"));
  EXPECT_FALSE(entry(files, "/usr/bin/app").digest.has_value());
  options.path = "usr/lib/kept";
  EXPECT_THAT(paths_of(read_files(options)), ElementsAre("/usr/lib/kept"));
  options.path = "nothing";
  EXPECT_EQ(error_of([&] { read_files(options); }).code(), Errc::not_found);
}

TEST(FindFile, ASymlinkIsThereWhereverItLeads) {
  const Workspace work;
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {TarBuilder().symlink("a", "nowhere").bytes()}}),
              oci_manifest_type, "main");
  FilesOptions options{work.layout("layout", builder)};
  options.path = "/a";
  ASSERT_TRUE(find_file(options).found.has_value());
  EXPECT_EQ(find_file(options).found->link_target, "nowhere");
  EXPECT_THAT(paths_of(read_files(options)), ElementsAre("/a"));
  options.last_link = LastLink::followed;
  EXPECT_FALSE(find_file(options).found.has_value());
}

TEST(FindFile, SaysWhatIsThereOrHowFarThePathLeads) {
  const Workspace work;
  const std::string path = work.layout("layout", images());
  FilesOptions options{path, amd64, "/bin/app"};
  const FileSearch found = find_file(options);
  ASSERT_TRUE(found.found.has_value());
  EXPECT_EQ(found.found->path, "/usr/bin/app");
  EXPECT_EQ(found.found->digest, Digest::of("new content"));
  options.path = "/bin/ap";
  const FileSearch none = find_file(options);
  EXPECT_FALSE(none.found.has_value());
  EXPECT_THAT(none.reason, AllOf(HasSubstr("no 'ap' in '/usr/bin'"), HasSubstr("there is 'app'")));
  options.path = "/";
  EXPECT_EQ(find_file(options).found->kind, FileKind::directory);
  options.platform = Platform::parse("linux/s390x");
  EXPECT_EQ(error_of([&] { find_file(options); }).code(), Errc::not_found)
      << "an image that is not there is no answer";
}

TEST(Files, TheImageIsTheOnlyOneOrTheOneForThePlatform) {
  const Workspace work;
  const std::string path = work.layout("layout", images());
  const Error several = error_of([&] { read_files({path}); });
  EXPECT_EQ(several.code(), Errc::conflict);
  EXPECT_THAT(several.what(), HasSubstr("linux/amd64, linux/arm64"));
  const Error none = error_of([&] { read_files({path, Platform::parse("linux/s390x")}); });
  EXPECT_EQ(none.code(), Errc::not_found);
  EXPECT_THAT(none.what(), HasSubstr("linux/amd64, linux/arm64"));
  EXPECT_THAT(paths_of(read_files({path, arm64})), ElementsAre("/", "/app"));
}

TEST(Files, OfRootFilesystemTarsAndDockerArchives) {
  const Workspace work;
  const std::string known = work.file("x-linux-arm64.tar", TarBuilder().file("app", "1").bytes());
  EXPECT_EQ(read_files({known}).platform, arm64);
  EXPECT_EQ(error_of([&] { read_files({known, amd64}); }).code(), Errc::not_found);
  const std::string tar =
      TarBuilder().directory("d").file("d/f", "content").hard_link("d/g", "d/f").bytes();
  const std::string unknown = work.file("some.tar.gz", compressed_by("gzip", tar));
  const ImageFiles files = read_files({unknown, amd64});
  EXPECT_FALSE(files.manifest.has_value());
  EXPECT_THAT(paths_of(files), ElementsAre("/", "/d", "/d/f", "/d/g"));
  EXPECT_EQ(entry(files, "/d/g").hard_link_of, "/d/f");
  EXPECT_EQ(entry(files, "/d/g").digest, Digest::of("content"));
  EXPECT_EQ(cat({unknown, {}, "/d/g"}, enough), "content");

  const std::string saved =
      work.file("saved.tar", docker_archive({.layers = {lower_layer(), upper_layer()}}));
  EXPECT_EQ(entry(read_files({saved}), "/usr/bin/app").digest, Digest::of("new content"));
  EXPECT_EQ(cat({saved, {}, "/bin/app"}, enough), "new content");
}

TEST(Files, OfWindowsAreTheOnesBelowFilesInAnyCase) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string below = TarBuilder()
                                .directory("Files")
                                .file("Files/Windows/System32/a.dll", "old")
                                .file("Files/Windows/b:stream", "s")
                                .file("Hives/x", "hive")
                                .bytes();
  const std::string above = TarBuilder().file("Files/windows/SYSTEM32/A.dll", "new").bytes();
  builder.top(builder.image(
                  {.platform = {"windows", "amd64", "", "10.0.20348.1"}, .layers = {below, above}}),
              oci_manifest_type, "main");
  const std::string path = work.layout("layout", builder);
  EXPECT_THAT(paths_of(read_files({path})),
              ElementsAre("/", "/Windows", "/Windows/b:stream", "/Windows/System32",
                          "/Windows/System32/a.dll"));
  EXPECT_EQ(cat({path, {}, "C:\\WINDOWS\\system32\\A.DLL"}, enough), "new");
  // The same of a tar in that form, without an image around it.
  const std::string tar = work.file("x-windows-amd64.tar", below);
  EXPECT_THAT(paths_of(read_files({tar})),
              ElementsAre("/", "/Windows", "/Windows/b:stream", "/Windows/System32",
                          "/Windows/System32/a.dll"));
  EXPECT_EQ(cat({tar, {}, "windows\\system32\\a.dll"}, enough), "old");
}

TEST(Cat, FindsContentInTheLayerThatHasIt) {
  const Workspace work;
  const std::string path = work.layout("layout", images());
  EXPECT_EQ(cat({path, amd64, "/bin/app"}, enough), "new content");
  EXPECT_EQ(cat({path, amd64, "usr/lib/also"}, enough), "kept") << "of the layer below";
  EXPECT_EQ(cat({path, arm64, "app"}, enough), "arm64");
  EXPECT_EQ(error_of([&] { cat({path, amd64, "usr/lib/gone"}, enough); }).code(), Errc::not_found);
  for (const char* other : {"/", "/usr", "/dev/tty"}) {
    EXPECT_EQ(error_of([&] {
                cat({path, amd64, other}, enough);
              }).code(),
              Errc::invalid_argument)
        << other;
  }
  EXPECT_EQ(error_of([&] { cat({path, amd64, "/bin/app"}, 3); }).code(), Errc::corrupt);
}

TEST(Cat, OfSparseFilesHasTheirHoles) {
  const Workspace work;
  TarBuilder tar;
  tar.add({.path = "sparse", .content = "end", .sparse = true});
  const std::string expected = std::string(std::size_t{1} << 20, '\0') + "end";
  const std::string rootfs = work.file("x.tar", tar.bytes());
  EXPECT_EQ(cat({rootfs, {}, "sparse"}, 2 * enough), expected);
  LayoutBuilder builder;
  builder.top(builder.image({.layers = {tar.bytes()}}), oci_manifest_type, "main");
  const std::string path = work.layout("layout", builder);
  EXPECT_EQ(cat({path, {}, "sparse"}, 2 * enough), expected);
  EXPECT_EQ(read_files({path, {}, "sparse"}).entries.at(0).digest, Digest::of(expected));
}

/// A Sink that knows whether it was finished.
class Kept final : public Sink {
 public:
  void write(Bytes bytes) override { text += as_text(bytes); }
  void finish() override { finished = true; }
  std::string text;
  bool finished = false;
};

TEST(Cat, OfALayerWithAnotherDigestIsAnError) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string layer =
      TarBuilder().file("a", "right").file("z", random_bytes(9999, 1)).bytes();
  builder.top(builder.image({.layers = {layer}, .gzip_layers = false}), oci_manifest_type, "main");
  std::string& blob = builder.blobs.at(sha256(layer));
  blob[blob.find("right")] = 'R';
  const std::string path = work.layout("layout", builder);
  Kept kept;
  const Error error = error_of([&] { cat({path, {}, "a"}, kept); });
  EXPECT_EQ(error.code(), Errc::corrupt);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("layer 1"), HasSubstr(sha256(layer))));
  EXPECT_FALSE(kept.finished);
  EXPECT_THAT(kept.text, IsEmpty());
  EXPECT_EQ(error_of([&] { read_files({path}); }).code(), Errc::corrupt);
}

TEST(Cat, OfALayerWithAnotherDiffIdIsAnError) {
  const Workspace work;
  const std::string layer = TarBuilder().file("a", "right").bytes();
  std::string saved = docker_archive({.layers = {layer}});
  saved[saved.find("right")] = 'R';
  EXPECT_EQ(error_of([&] {
              cat({work.file("saved.tar", saved), {}, "a"}, enough);
            }).code(),
            Errc::corrupt);
}

TEST(Files, OfAnImageThatLacksALayerAreNotFound) {
  const Workspace work;
  LayoutBuilder builder;
  const std::string layer = TarBuilder().file("a", "1").bytes();
  builder.top(builder.image({.layers = {layer}, .gzip_layers = false}), oci_manifest_type, "main");
  builder.blobs.erase(sha256(layer));
  const Error error = error_of([&] { read_files({work.layout("layout", builder)}); });
  EXPECT_EQ(error.code(), Errc::not_found);
  EXPECT_THAT(error.what(), HasSubstr("layer 1"));
}

}  // namespace
}  // namespace ocimux::test
