#include "support/merging.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Key;

std::vector<std::string> velero(const Workspace& work) {
  return {work.rootfs("velero-main-linux-amd64.tar", "a"),
          work.rootfs("velero-main-linux-arm64.tar", "b"),
          work.rootfs("velero-main-windows-ltsc2022-amd64.tar", "c")};
}

TEST(MergeNames, VelerosFourTagsComeOutOfOneCommand) {
  const Workspace work;
  MergeOptions options = work.options(velero(work));
  options.tags = {"velero/velero:main"};
  options.platform_tags = true;
  const MergeResult result = merge(options);
  const ReadLayout out(options.output);
  out.check();
  EXPECT_THAT(out.tags(), ElementsAre(Key("main"), Key("main-linux-amd64"), Key("main-linux-arm64"),
                                      Key("main-windows-ltsc2022-amd64")));
  EXPECT_EQ(out.tags()["main"], result.index->digest.string());
  EXPECT_EQ(out.index()["manifests"][1]["digest"], out.tags()["main-linux-arm64"]);
  const Document index = out.index_json();
  EXPECT_EQ(index["manifests"][0]["annotations"]["io.containerd.image.name"],
            "docker.io/velero/velero:main");
  EXPECT_EQ(index["manifests"][3]["annotations"]["io.containerd.image.name"],
            "docker.io/velero/velero:main-windows-ltsc2022-amd64");
}

TEST(MergeNames, BareTagsAndFullNames) {
  const Workspace work;
  struct Case {
    std::string name, tag, full;
  };
  for (const Case& one :
       std::vector<Case>{{"main", "main", ""},
                         {"v1.0_X-y", "v1.0_X-y", ""},
                         {"velero/velero:main", "main", "docker.io/velero/velero:main"},
                         {"velero/velero", "latest", "docker.io/velero/velero:latest"},
                         {"localhost:5000/a/b:c", "c", "localhost:5000/a/b:c"},
                         {"localhost:5000/a", "latest", "localhost:5000/a:latest"},
                         {"image:1", "1", "docker.io/library/image:1"},
                         {std::string(128, 'x'), std::string(128, 'x'), ""}}) {
    MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
    options.output = work.path("out-" + sha256(one.name));
    options.tags = {one.name};
    merge(options);
    const Document annotations =
        ReadLayout(options.output).index_json()["manifests"][0]["annotations"];
    EXPECT_EQ(annotations["org.opencontainers.image.ref.name"], one.tag);
    EXPECT_EQ(annotations.value("io.containerd.image.name", ""), one.full);
  }
}

TEST(MergeNames, MalformedOnesAreRefused) {
  const Workspace work;
  const std::string input = work.rootfs("app-linux-amd64.tar");
  for (const std::string& name :
       {std::string(""),         std::string(".x"),
        std::string("-x"),       std::string("a b"),
        std::string("a/b:"),     std::string("/a:b"),
        std::string("a//b:c"),   std::string("A/b:c"),
        std::string("a/b:c:d"),  std::string("a/b@c"),
        std::string("a_/b:c"),   std::string(":x"),
        std::string(129, 'x'),   std::string("a/") + std::string(260, 'b') + ":c",
        std::string("../x"),     std::string("../x:c"),
        std::string("a..b/x:c"), std::string("-.a/x:c"),
        std::string("a:0/x:c"),  std::string("a:99999/x:c"),
        std::string("a:/x:c")}) {
    MergeOptions options = work.options({input});
    options.tags = {name};
    const Error error = merge_refusal(work, options);
    EXPECT_EQ(error.code(), Errc::invalid_argument) << name;
    EXPECT_THAT(error.what(), HasSubstr("found '" + name + "'"));
  }
}

TEST(MergeNames, SeveralFullNamesMayShareATag) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.tags = {"a/x:main", "b/y:main", "main", "a/x:main"};
  merge(options);
  const Document index = ReadLayout(options.output).index_json();
  ASSERT_EQ(index["manifests"].size(), 2);
  EXPECT_EQ(index["manifests"][0]["annotations"]["io.containerd.image.name"], "docker.io/a/x:main");
  EXPECT_EQ(index["manifests"][1]["annotations"]["io.containerd.image.name"], "docker.io/b/y:main");
  options.tags = {"c/z:main"};
  merge(options);
  EXPECT_EQ(ReadLayout(options.output).index_json()["manifests"].size(), 3);
  options.tags = {"a/x:main"};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::already_exists);
  options.tags = {"main"};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::already_exists);
}

TEST(MergeNames, APlatformTagIsNotAlsoTheIndexs) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.platform_tags = true;
  options.tags = {"main", "main-linux-amd64"};
  const Error error = merge_refusal(work, options);
  EXPECT_EQ(error.code(), Errc::conflict);
  EXPECT_THAT(error.what(), HasSubstr("'main-linux-amd64' for a platform and the index"));
  options.tags = {"a/x:main", "main-linux-amd64"};
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::conflict);
}

TEST(MergeNames, PlatformTagsNameWindowsReleases) {
  const Workspace work;
  MergeOptions options =
      work.options({work.rootfs("a-windows-1809-amd64.tar", "a"),
                    work.rootfs("b-windows-ltsc2022-amd64.tar", "b"), work.rootfs("c.tar", "c"),
                    work.rootfs("d-linux-armv6.tar", "d")});
  options.inputs[2].platform = Platform::parse("windows/amd64:10.0.26100.1234");
  options.tags = {"t"};
  options.platform_tags = true;
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).tags(),
              ElementsAre(Key("t"), Key("t-linux-arm-v6"), Key("t-windows-1809-amd64"),
                          Key("t-windows-ltsc2022-amd64"), Key("t-windows-ltsc2025-amd64")));
}

TEST(MergeNames, TwoBuildsOfOneReleaseCannotShareATag) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("a.tar", "a"), work.rootfs("b.tar", "b")});
  options.inputs[0].platform = Platform::parse("windows/amd64:10.0.20348.1");
  options.inputs[1].platform = Platform::parse("windows/amd64:10.0.20348.2");
  options.tags = {"t"};
  options.platform_tags = true;
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::conflict);
  options.platform_tags = false;
  merge(options);
  EXPECT_THAT(ReadLayout(options.output).platforms(),
              ElementsAre("windows/amd64:10.0.20348.2", "windows/amd64:10.0.20348.1"));
}

TEST(MergeNames, PlatformTagsNeedATag) {
  const Workspace work;
  MergeOptions options = work.options({work.rootfs("app-linux-amd64.tar")});
  options.platform_tags = true;
  EXPECT_EQ(merge_refusal(work, options).code(), Errc::invalid_argument);
}

}  // namespace
}  // namespace ocimux::test
