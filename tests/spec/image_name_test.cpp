#include <ocimux/spec/image_name.hpp>

#include <gtest/gtest.h>

namespace ocimux {
namespace {

TEST(ImageName, IsWrittenAsContainerEnginesKnowIt) {
  EXPECT_EQ(normalized_image_name("velero/velero:main"), "docker.io/velero/velero:main");
  EXPECT_EQ(normalized_image_name("busybox:1"), "docker.io/library/busybox:1");
  EXPECT_EQ(normalized_image_name("docker.io/busybox:1"), "docker.io/library/busybox:1");
  EXPECT_EQ(normalized_image_name("index.docker.io/a/b:1"), "docker.io/a/b:1");
  EXPECT_EQ(normalized_image_name("docker.io/velero/velero:main"), "docker.io/velero/velero:main");
}

TEST(ImageName, AHostStays) {
  for (const char* name :
       {"gcr.io/p/a:1", "localhost/a:1", "localhost:5000/a:1", "host:5000/a/b:1"}) {
    EXPECT_EQ(normalized_image_name(name), name);
  }
}

TEST(ImageName, KnowsWhatATagMayBe) {
  for (const std::string& tag : {std::string("main"), std::string("_"), std::string("v1.0_X-y"),
                                 std::string("20H2"), std::string(128, 'x')}) {
    EXPECT_TRUE(is_tag(tag)) << tag;
  }
  for (const std::string& text :
       {std::string(), std::string(".x"), std::string("-x"), std::string("a b"), std::string("a/b"),
        std::string("caf\u00e9"), std::string("a\0", 2), std::string(129, 'x')}) {
    EXPECT_FALSE(is_tag(text)) << text;
  }
}

}  // namespace
}  // namespace ocimux
