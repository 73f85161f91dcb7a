#include "source/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/files.hpp"
#include "support/refusal.hpp"

namespace ocimux {
namespace {

using test::refusal;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = LocalReference::Kind;

const std::string digest = "sha256:" + std::string(64, 'a');

class Reference : public testing::Test {
 protected:
  // Makes the file @p name and answers its path.
  std::string file(const std::string& name) {
    test::write_file(directory_ / name, "x");
    return (directory_ / name).string();
  }

  test::TemporaryDirectory directory_;
};

void expect(const LocalReference& reference, Kind kind, const std::string& path,
            const std::string& tag = "", const std::string& with_digest = "") {
  EXPECT_EQ(reference.kind, kind);
  EXPECT_EQ(reference.path, path);
  EXPECT_EQ(reference.tag, tag);
  EXPECT_EQ(reference.digest ? reference.digest->string() : "", with_digest);
}

TEST_F(Reference, TakesAPathAlone) {
  const std::string path = file("a.tar");
  expect(LocalReference::parse(path), Kind::any, path);
  expect(LocalReference::parse(directory_.path().string()), Kind::any, directory_.path());
}

TEST_F(Reference, TakesTagAndDigestBehindThePath) {
  const std::string path = file("a.tar");
  expect(LocalReference::parse(path + ":main"), Kind::any, path, "main");
  expect(LocalReference::parse(path + "@" + digest), Kind::any, path, "", digest);
  expect(LocalReference::parse(path + ":main@" + digest), Kind::any, path, "main", digest);
}

TEST_F(Reference, TakesFullNamesForTags) {
  const std::string path = file("a.tar");
  expect(LocalReference::parse(path + ":docker.io/library/demo:1"), Kind::any, path,
         "docker.io/library/demo:1");
  expect(LocalReference::parse(path + ":localhost:5000/a/b:c@" + digest), Kind::any, path,
         "localhost:5000/a/b:c", digest);
}

TEST_F(Reference, TakesTheLongestPathThatIsThere) {
  const std::string shorter = file("a");
  const std::string longer = file("a:main");
  const std::string at = file("a@home");
  expect(LocalReference::parse(shorter), Kind::any, shorter);
  expect(LocalReference::parse(longer), Kind::any, longer);
  expect(LocalReference::parse(longer + ":main"), Kind::any, longer, "main");
  expect(LocalReference::parse(shorter + ":mainline"), Kind::any, shorter, "mainline");
  expect(LocalReference::parse(at + ":x"), Kind::any, at, "x");
}

TEST_F(Reference, TakesColonsInDirectories) {
  std::filesystem::create_directory(directory_ / "a:b");
  const std::string path = file("a:b/c.tar");
  expect(LocalReference::parse(path + ":t"), Kind::any, path, "t");
}

TEST_F(Reference, TakesTheKindThatIsSaid) {
  const std::string path = file("a.tar");
  const std::string layout = directory_.path().string();
  expect(LocalReference::parse("oci:" + layout + ":t"), Kind::layout, layout, "t");
  expect(LocalReference::parse("ocidir://" + layout), Kind::layout, layout);
  expect(LocalReference::parse("oci-layout://" + layout + "@" + digest), Kind::layout, layout, "",
         digest);
  expect(LocalReference::parse("oci-archive:" + path), Kind::oci_archive, path);
  expect(LocalReference::parse("docker-archive:" + path + ":demo:1"), Kind::docker_archive, path,
         "demo:1");
  expect(LocalReference::parse("rootfs:" + path), Kind::rootfs, path);
}

TEST_F(Reference, IsNotFoundWhereNothingIsThere) {
  const std::string path = (directory_ / "none.tar").string();
  for (const std::string& text :
       {path, path + ":main", "oci-archive:" + path, path + "@" + digest}) {
    EXPECT_EQ(
        refusal([&] { return LocalReference::parse(text); }),
        "not_found: " + text.substr(text.find('/')) + ": expected a file or directory, found none");
  }
  for (const char* text : {"", ":", "@", ":main", "oci:", "rootfs:", "oci-archive::t"}) {
    EXPECT_THAT(refusal([&] { return LocalReference::parse(text); }), StartsWith("not_found: "))
        << text;
  }
}

TEST_F(Reference, RefusesDigestsThatAreNone) {
  const std::string path = file("a.tar");
  for (const char* behind : {"@", "@sha256", "@sha256:abc", "@latest", ":main@x"}) {
    EXPECT_THAT(refusal([&] { return LocalReference::parse(path + behind); }),
                StartsWith("invalid_argument: expected a digest"))
        << behind;
  }
}

TEST_F(Reference, RefusesATagThatIsEmpty) {
  const std::string path = file("a.tar");
  for (const std::string& text : {path + ":", path + ":@" + digest}) {
    EXPECT_THAT(refusal([&] { return LocalReference::parse(text); }),
                AllOf(StartsWith("invalid_argument: "), HasSubstr("expected a tag behind ':'")));
  }
}

TEST_F(Reference, RefusesRegistriesAndSaysWhatToDo) {
  EXPECT_THAT(
      refusal([] { return LocalReference::parse("docker://ghcr.io/velero:main"); }),
      AllOf(StartsWith("invalid_argument: docker://ghcr.io/velero:main: expected something on "
                       "this machine, found a registry"),
            HasSubstr("[ocimux pull docker://ghcr.io/velero:main -o DIR brings it here]")));
}

}  // namespace
}  // namespace ocimux
